"""Envoy's configuration: one worker, the same weighted split, limits that are never met."""

import json
from typing import Any

_HTTP = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
_ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"


def configuration(port: int, old: int, new: int) -> str:
    """The bootstrap file, as JSON."""
    return json.dumps(
        {
            "static_resources": {
                "listeners": [_listener(port)],
                "clusters": [_cluster("old", old), _cluster("new", new)],
            }
        }
    )


def _listener(port: int) -> dict[str, Any]:
    manager = {
        "@type": f"{_HTTP}.HttpConnectionManager",
        "stat_prefix": "bench",
        "generate_request_id": True,
        "http_filters": [{"name": "router", "typed_config": {"@type": _ROUTER}}],
        "route_config": {"virtual_hosts": [_host()]},
    }
    return {
        "name": "bench",
        "address": _address(port),
        "filter_chains": [
            {"filters": [{"name": "http_connection_manager", "typed_config": manager}]}
        ],
    }


def _host() -> dict[str, Any]:
    weighted = {"clusters": [{"name": "old", "weight": 50}, {"name": "new", "weight": 50}]}
    return {
        "name": "all",
        "domains": ["*"],
        "routes": [
            {"match": {"prefix": "/api/products/"}, "route": {"weighted_clusters": weighted}},
            {"match": {"prefix": "/"}, "route": {"cluster": "old"}},
        ],
    }


def _cluster(name: str, port: int) -> dict[str, Any]:
    most = {"max_connections": 4096, "max_pending_requests": 4096, "max_requests": 4096}
    endpoint = {"endpoint": {"address": _address(port)}}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "5s",
        "circuit_breakers": {"thresholds": [most]},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
