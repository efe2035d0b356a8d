"""What the system says went wrong, in Vietnamese: for everybody who tells an operator why a file or a server failed."""

from __future__ import annotations

import errno
import os
import re

_CAUSES = {
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.EACCES: "không có quyền truy cập",
    errno.EPERM: "không được phép",
    errno.EISDIR: "là thư mục, không phải tệp",
    errno.ENOTDIR: "không phải thư mục",
    errno.EEXIST: "đã có sẵn",
    errno.ENOSPC: "hết chỗ trên ổ đĩa",
    errno.EDQUOT: "hết hạn mức ổ đĩa",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.EIO: "lỗi đọc ghi của ổ đĩa",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.ELOOP: "liên kết vòng tròn",
    errno.EMFILE: "mở quá nhiều tệp cùng lúc",
    errno.ENOLCK: "ổ đĩa không cho khóa tệp",
    errno.EILSEQ: "không phải chữ UTF-8; hãy lưu lại bằng UTF-8",
    errno.ECONNREFUSED: "máy chủ từ chối kết nối; có thể sai port hoặc dịch vụ chưa chạy",
    errno.ECONNRESET: "máy chủ cắt kết nối",
    errno.EPIPE: "máy chủ cắt kết nối",
    errno.ETIMEDOUT: "máy chủ không trả lời",
    errno.EHOSTUNREACH: "không tới được máy chủ",
    errno.ENETUNREACH: "không có đường mạng tới máy chủ",
    errno.EADDRNOTAVAIL: "địa chỉ mạng không dùng được",
}
_PHRASES = {os.strerror(number): cause for number, cause in _CAUSES.items()} | {
    # What the resolver and Python's own sockets say has no number that is the same everywhere.
    "Name or service not known": "không tìm thấy tên máy chủ",
    "No address associated with hostname": "không tìm thấy tên máy chủ",
    "nodename nor servname provided, or not known": "không tìm thấy tên máy chủ",
    "Temporary failure in name resolution": "chưa hỏi được tên máy chủ (DNS)",
    "The read operation timed out": "máy chủ không trả lời",
    "timed out": "máy chủ không trả lời",
    "Connection unexpectedly closed": "máy chủ cắt kết nối",
    "unable to open database file": "không mở được tệp cơ sở dữ liệu",
    "attempt to write a readonly database": "tệp cơ sở dữ liệu chỉ cho đọc",
    "database is locked": "cơ sở dữ liệu đang bị tiến trình khác giữ",
    "file is not a database": "tệp này không phải cơ sở dữ liệu",
    "disk I/O error": "lỗi đọc ghi của ổ đĩa",
    "database or disk is full": "hết chỗ trên ổ đĩa",
    "database disk image is malformed": "tệp cơ sở dữ liệu bị hỏng",
    # OpenSSL, of a certificate.
    "certificate has expired": "chứng thư đã hết hạn",
    "certificate is not yet valid": "chứng thư chưa đến ngày có hiệu lực",
    "self-signed certificate in certificate chain": "không rõ nơi cấp chứng thư (CA riêng)",
    "self-signed certificate": "chứng thư tự ký",
    "self signed certificate in certificate chain": "không rõ nơi cấp chứng thư (CA riêng)",
    "self signed certificate": "chứng thư tự ký",
    "unable to get local issuer certificate": "không rõ nơi cấp chứng thư",
    "unable to verify the first certificate": "máy chủ không gửi chứng thư của nơi cấp trung gian",
    "Hostname mismatch, certificate is not valid for": "chứng thư không cấp cho tên",
    "IP address mismatch, certificate is not valid for": "chứng thư không cấp cho địa chỉ",
}
_NUMBER = re.compile(r"\[Errno -?\d+\] ")
_KNOWN = re.compile("|".join(re.escape(one) for one in sorted(_PHRASES, key=len, reverse=True)))


def cause_of(problem: OSError) -> str:
    """Return why the system refused, without the file's name."""
    known = _CAUSES.get(problem.errno) if problem.errno is not None else None
    return known or in_vietnamese(problem.strerror or str(problem) or type(problem).__name__)


def sentence_of(problem: OSError) -> str:
    """Return what the system refused and why, with the file's name where one is meant."""
    named = f"{problem.filename}: " if problem.filename else ""
    return f"{named}{cause_of(problem)}"


def in_vietnamese(text: str) -> str:
    """Return *text* with the phrases of the system put into Vietnamese; whatever else it says is left as it is."""
    return _KNOWN.sub(lambda found: _PHRASES[found[0]], _NUMBER.sub("", text))
