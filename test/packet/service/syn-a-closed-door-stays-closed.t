# Who may not call gets no cookie: what policy, ports and sources say comes first.
use test/conf/services.conf syn_cookies="always"

in   wan  198.51.100.9:40000 > 192.0.2.82:80 tcp S
drop SERVICE_NO_BACKEND
answer wan 192.0.2.82:80 > 198.51.100.9:40000 tcp RA
in   wan  198.51.100.9:40000 > 192.0.2.81:99 tcp S
drop SERVICE_NO_PORT
answer wan 192.0.2.81:99 > 198.51.100.9:40000 tcp RA
in   wan  198.51.100.9:40000 > 10.96.0.81:7777 tcp S
drop SERVICE_INSIDE_ONLY
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp SA
drop TCP_NOT_SYN
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp R
