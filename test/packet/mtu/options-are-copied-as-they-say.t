# The copied bit decides: router alert goes on every piece, record route stays on the first (RFC 791).
use test/conf/egress.conf mtu@2=1000

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 id 99 options 9404000007030400
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 99 0-968
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 99 968- options 9404000001010100
