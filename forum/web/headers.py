"""What every answer carries: nothing from other hosts, nothing inline, nothing kept by caches or robots."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


def install(app: Flask, *, https: bool) -> None:
    """Add the headers to every response. `https`: tell browsers to come back encrypted."""

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = CONTENT_POLICY
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Robots-Tag"] = "noindex, nofollow"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store, private")
            headers.setdefault("Vary", "Cookie")
        if https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
