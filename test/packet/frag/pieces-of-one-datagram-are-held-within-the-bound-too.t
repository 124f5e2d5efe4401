# Sixteen packets here, whether of sixteen datagrams or of one.
use test/conf/egress.conf
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 400-408
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 408-416
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 416-424
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 424-432
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 432-440
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 440-448
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 448-456
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 456-464
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 464-472
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 472-480
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 480-488
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 488-496
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 496-504
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 504-512
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 512-520
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 520-528
nothing
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 4000 frag 100 800-808
drop FRAGMENT_LIMIT
wait 600ms
drop FRAGMENT_TIMEOUT 16
