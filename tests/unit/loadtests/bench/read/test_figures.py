"""The figures in the monolith's own page."""

from loadtests.bench.read.figures import figures

PAGE = """
  <tr><td>Zelte &amp; &#34;Tarps&#34;</td><td class="number">2</td><td class="number">3</td><td class="number">49.90 €</td>
    <td class="wideonly chart"><svg width="100%"><rect width="100.0%"/></svg></td>
    <td class="number wideonly">0 €</td></tr>

  <tr><td>not listed any more</td><td class="number">0</td><td class="number">0</td><td class="number">0 €</td>
    <td class="wideonly chart"></td>
    <td class="number wideonly">9.9 €</td></tr>
  <tfoot><tr><td colspan="3">Total</td><td class="number">49.90 €</td></tr></tfoot>
"""  # noqa: E501


def test_the_rows_of_a_page() -> None:
    named = {"name": 'Zelte & "Tarps"', "orders": 2, "pieces": 3}
    gone = {"name": "not listed any more", "orders": 0, "pieces": 0}
    assert figures(PAGE) == [
        {**named, "revenue": "49.90", "cancelled": "0"},
        {**gone, "revenue": "0", "cancelled": "9.9"},
    ]
    assert figures("<p>Nothing was sold in these days.</p>") == []
