"""What a domain says of itself."""

import pytest

from facade.routes.config.domainfile import Domain


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        (Domain("goods"), "legacy"),
        (Domain("goods", "moving"), "moving"),
        (Domain("goods", "new"), "new, window open"),
        (Domain("goods", "new", "closed"), "new, window closed"),
    ],
)
def test_a_domain_in_words(domain: Domain, words: str) -> None:
    assert domain.words == words
