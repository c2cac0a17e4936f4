"""A first route file, drafted from what can be seen of a monolith; written for `fig init`.

seen         one request as it was seen: method, path, status, kinds of content and cookies
accesslog    lines of access logs, as common servers write them
traffic      files of traffic, by what is in them: access log, HAR, recording of the sidecar
watching     a short-lived facade in front of the monolith, whose access log is read
application  the URL map of a Flask application, asked in a process of its own (`flask_map`)
templates    path templates, learned from paths or given by a URL map
session      which cookie is the session's
candidates   methods and templates, counted, and what speaks against copying each
text         all of it as a commented route file
"""
