"""For AI clients: the market and one's own library over the Model Context Protocol.

`acts` says what can be done, in plain functions; `server` puts it into the protocol; `endpoint` serves it over HTTP and
`manage.py mcp` over standard input and output.
"""
