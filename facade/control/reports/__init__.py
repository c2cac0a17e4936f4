"""The evidence for people and programs elsewhere; pure, from what `GET /api/compare` answers.

page        one self-contained HTML page, differences side by side
beside      two values side by side, the parts that differ marked
junit       JUnit XML: a test case per route, for CI
exporting   a pytest that shows one cluster's difference
"""
