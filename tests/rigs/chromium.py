"""Chromium as tests start it: without what nobody in front of a test looks at."""

import shutil

CHROMIUM = shutil.which("chromium")
UNWANTED = (
    # Each new window loads these two pages below its address bar: half of what a window costs.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # Playwright's own list, which a list of ours replaces.
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades"),
    *("LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints"),
    *("PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)


def flags(*more: str, without: tuple[str, ...] = ()) -> list[str]:
    """The arguments of Chromium: `more` of them, and features to switch off besides ours."""
    features = f"--disable-features={','.join((*UNWANTED, *without))}"
    return ["--no-sandbox", "--disable-gpu", features, *more]
