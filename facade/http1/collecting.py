"""Where the head of a request ends in what came so far, and what cannot become one."""

from facade.http1.refusal import Refused


def end_of_head(data: bytes, longest_line: int, largest: int) -> int:
    """Where the empty line after the head begins, or -1 when more must come.

    `data` begins with the request line; the limits are bytes. Raises Refused.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0 or end > largest:
        _check_part(data, longest_line, largest)
        return -1
    if data.find(b"\r\n", 0, longest_line + 2) < 0:
        raise Refused(414, "the request line is too long")
    return end


def _check_part(data: bytes, longest_line: int, largest: int) -> None:
    line_end = data.find(b"\n", 0, longest_line + 2)
    if line_end < 0 and len(data) > longest_line:
        raise Refused(414, "the request line is too long")
    if len(data) > largest:
        raise Refused(431, "the head of the request is too large")
    if data.count(b"\n") != data.count(b"\r\n"):
        raise Refused(400, "a bare LF in the head")
