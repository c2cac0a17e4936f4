"""The evidence for people and programs elsewhere; pure, from what `GET /api/compare` answers.

page        one self-contained HTML page: an overview, then a `section` for each route
figures     its bounds on a scale, time to evidence, paired latency;  style: how it looks
beside      two values side by side, the parts that differ marked
junit       JUnit XML: a test case per route, for CI
exporting   a pytest that shows one cluster's difference
"""
