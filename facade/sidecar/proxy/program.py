"""The proxy: `PYTHON facade/sidecar/proxy/program.py OPTIONS…` in mitmproxy's environment.

Our packages are put behind that environment's own, so that its libraries are found first.
"""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

DRAIN_SECONDS = 15.0  # for what is under way when we are to end
LARGE = "2m"  # a larger body is passed on as it comes, and not recorded


def arguments() -> argparse.Namespace:
    """How the guardian starts it."""
    parser = argparse.ArgumentParser(description="The proxy beside the monolith.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--upstream", required=True, help="http://HOST:PORT")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--parent", type=int, required=True, help="end when it is gone")
    return parser.parse_args()


async def serve(given: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT."""
    from mitmproxy.addons import core, disable_h2c, errorcheck, next_layer, proxyserver, tlsconfig
    from mitmproxy.master import Master
    from mitmproxy.options import Options

    from facade.sidecar.folder import Folder
    from facade.sidecar.proxy.addon import Sidecar

    folder = Folder(given.folder)
    options = Options(
        mode=[f"reverse:{given.upstream}"],
        listen_host=given.host,
        listen_port=given.port,
        confdir=str(folder.certificates),
        http2=False,
    )
    master = Master(options)
    sidecar = Sidecar(folder, given.upstream, given.parent, DRAIN_SECONDS)
    # Only what is needed of mitmproxy's own: nothing that rewrites, caches or asks.
    tls = [tlsconfig.TlsConfig()] if given.upstream.startswith("https:") else []
    own = [core.Core(), disable_h2c.DisableH2C(), proxyserver.Proxyserver()]
    master.addons.add(*own, next_layer.NextLayer(), *tls, sidecar, errorcheck.ErrorCheck())
    options.update(
        keep_host_header=True, connection_strategy="lazy", stream_large_bodies=LARGE,
        upstream_cert=False,
    )  # fmt: skip
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, sidecar.drain)
    await master.run()


def main() -> None:
    """Log what matters to stderr."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("mitmproxy").setLevel(logging.WARNING)
    asyncio.run(serve(arguments()))


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).resolve().parents[3]))
    main()
