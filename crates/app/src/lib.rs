//! The verbs of lineward, one a file: authorization, audit, jobs, ports to the outside.
