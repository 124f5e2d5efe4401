# Geneve: a frame or a bare packet, options that do not matter, those that do and are not known.
use test/conf/tunnel.conf protocol="geneve"

in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneve 5001 - { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 tcp S
in   pods  10.0.1.5:80 > 10.2.0.5:4000 tcp SA
out  nodes 172.16.0.1:$a > 172.16.0.2:6081 udp nosum ttl 64 geneve 5003 - { 10.0.1.5:80 > 10.2.0.5:4000 tcp SA ttl 63 }
in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneveip 5001 - { 10.2.0.5:4000 > 10.0.1.5:80 tcp A }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 tcp A
in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneveip 5001 - { [fd00:2::5]:4000 > [fd00:1::5]:80 tcp S }
out  pods  [fd00:2::5]:4000 > [fd00:1::5]:80 tcp S
in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneve 5001 01020301aabbccdd { 10.2.0.5:4000 > 10.0.1.5:80 tcp A }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 tcp A

# Cilium's, about a service's address, is critical and known; others are not.
in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneve 5001 014b8102c000020100500000 { 10.2.0.5:4000 > 10.0.1.5:80 tcp A }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 tcp A
in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneve 5001 01028301aabbccdd { 10.2.0.5:4000 > 10.0.1.5:80 tcp A }
drop TUNNEL_OPTION
# An option longer than all options, another version, a control packet, a protocol that is none.
in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneve 5001 01020302aabbccdd { 10.2.0.5:4000 > 10.0.1.5:80 tcp A }
drop TUNNEL_HEADER
in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneve 5001 - { 10.2.0.5:4000 > 10.0.1.5:80 tcp A } patch 42 40
drop TUNNEL_HEADER
in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneve 5001 - { 10.2.0.5:4000 > 10.0.1.5:80 tcp A } patch 43 80
drop TUNNEL_HEADER
in   nodes 172.16.0.2:51000 > 172.16.0.1:6081 udp nosum geneve 5001 - { 10.2.0.5:4000 > 10.0.1.5:80 tcp A } patch 44 0806
drop TUNNEL_HEADER
