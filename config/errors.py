"""Error reports: what broke and where, never what somebody wrote."""

from config import env


def report_to(dsn: str, *, environment: str) -> None:
    if not dsn:
        return
    import sentry_sdk
    from sentry_sdk.utils import Dsn

    try:
        Dsn(dsn)
    except ValueError:
        raise env.Misconfigured("SENTRY_DSN must look like https://key@host/project.") from None
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        max_request_body_size="never",
        # A frame's variables may hold a prompt's text or a token.
        include_local_variables=False,
        include_source_context=False,
        traces_sample_rate=0.0,
    )
