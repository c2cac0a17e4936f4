"""The facade beside nginx, HAProxy and Envoy."""
