/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person reads who made a mistake in the conf file: one line, the place, what is wrong, and
 * what was probably meant.
 */

#include "control/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h> /* cmocka wants it first */

#include <cmocka.h>

#define PORTS		"ports = ( { name = \"pods\"; interface = \"eth1\"; } );\n"
#define STATIC_PORT	"ports = ( { name = \"pods\"; io = \"mem\"; mac = \"02:00:00:00:00:01\"; } );\n"
#define IN_PORT(text)	"ports = (\n{ name = \"pods\"; " text " }\n);\n"
#define KEY_A		"xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
#define KEY_B		"xTIBA5rboUtAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" /* begins as KEY_A does */
#define IN_PEER(text)	PORTS "wireguard : { peers = (\n{ " text " }\n); };\n"
#define IN_STATIC(text) STATIC_PORT "static : {\n" text "\n};\n"

static const struct {
	const char *text;
	const char *error; /* behind "conf/x.conf" */
} mistakes[] = {
	{"", ": no `ports': a gateway needs at least one"},
	{"ports = ();", ": no `ports': a gateway needs at least one"},
	{PORTS "\nworkers : { count = ", ":3: syntax error"},
	{PORTS "log = \"info\";\nlog = \"warn\";", ":3: duplicate setting name"},

	{PORTS "node = \"gw-1;\n", ":2: a text that starts here never ends"},
	{PORTS "/* workers\n", ":2: a comment that starts here never ends"},

	/* keys */
	{PORTS "wrokers : { };", ":2: unknown key `wrokers' (workers?)"},
	{PORTS "workers : {\n  cuont = 2;\n};", ":3: unknown key `cuont' (count?)"},
	{PORTS "tcp_syn = 3;", ":2: unknown key `tcp_syn' (timeouts.tcp_syn?)"},
	{PORTS "nat : { node = 1; };", ":2: unknown key `node' (node, at the top?)"},
	{PORTS "sttic : { };", ":2: unknown key `sttic' (static?)"},
	{PORTS "bgp : { };", ":2: unknown key `bgp'"},
	{IN_PORT("interfaec = \"eth1\";"), ":2: unknown key `interfaec' (interface?)"},
	{IN_STATIC("route = ( );"), ":3: unknown key `route' (routes?)"},

	/* types */
	{PORTS "workers = 3;", ":2: workers: needs a group { ... }, not a number"},
	{PORTS "static = 3;", ":2: static: needs a group { ... }, not a number"},
	{"ports = \"eth1\";", ":1: ports: needs a list, not a text"},
	{"ports = ( \"eth1\" );", ":1: ports[0]: needs a group { ... }, not a text"},
	{PORTS "workers : { count = \"2\"; };",
	 ":2: workers.count: needs a whole number, not a text"},
	{PORTS "workers : { count = 2.5; };",
	 ":2: workers.count: needs a whole number, not a fraction"},
	{PORTS "policy : { audit = 1; };", ":2: policy.audit: needs true or false, not a number"},
	{PORTS "log = true;", ":2: log: needs a word in quotes, not true or false"},
	{PORTS "paths : { objects = ( ); };",
	 ":2: paths.objects: needs a path in quotes, not a list"},
	{PORTS "workers : { cpus = 3; };", ":2: workers.cpus: needs a list, not a number"},

	/* ranges and words */
	{PORTS "workers : { count = 99; };", ":2: workers.count: 99 is not between 1 and 16"},
	{PORTS "workers : { count = 0; };", ":2: workers.count: 0 is not between 1 and 16"},
	{PORTS "sizes : { flows = 99999999999L; };",
	 ":2: sizes.flows: 99999999999 is not between 1024 and 67108864"},
	{PORTS "log = \"loud\";",
	 ":2: log: \"loud\" is not \"error\", \"warn\", \"info\" or \"debug\""},
	{PORTS "on_start = \"ajar\";", ":2: on_start: \"ajar\" is not \"closed\" or \"open\""},
	{PORTS "paths : { run = \"\"; };", ":2: paths.run: must not be empty"},
	{IN_PORT("io = \"xdp\";"),
	 ":2: ports[0].io: \"xdp\" is not \"afxdp\", \"pcap\" or \"mem\""},
	{IN_PORT("interface = \"an-interface-too-long\";"),
	 ":2: ports[0].interface: \"an-interface-too-long\" is longer than 15 letters"},
	{IN_PORT("interface = \"../eth0\";"),
	 ":2: ports[0].interface: \"../eth0\" is not a name of letters, digits, - _ ."},
	{IN_PORT("interface = \"a\\nb\";"),
	 ":2: ports[0].interface: \"a?b\" is not a name of letters, digits, - _ ."},

	/* WireGuard */
	{IN_PEER("public_key = \"secret\";"),
	 ":3: wireguard.peers[0].public_key: 6 letters are no public key: it has 44, of base64"},
	{IN_PEER("public_key = \"xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8D!=\";"),
	 ":3: wireguard.peers[0].public_key: is not base64 of 32 bytes"},
	{IN_PEER("public_key = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\";"),
	 ":3: wireguard.peers[0].public_key: the key is zero"},
	{IN_PEER("name = \"node\";"), ":3: wireguard.peers[0]: needs `public_key'"},
	{IN_PEER("public_key = \"" KEY_A "\"; endpoint = \"192.0.2.1\";"),
	 ":3: wireguard.peers[0].endpoint: \"192.0.2.1\" is not an address with a port, like "
	 "\"192.0.2.1:51820\" or \"[2001:db8::1]:51820\""},
	{IN_PEER("public_key = \"" KEY_A "\"; endpoint = \"2001:db8::1:51820\";"),
	 ":3: wireguard.peers[0].endpoint: \"2001:db8::1:51820\" is not an address with a port, "
	 "like \"192.0.2.1:51820\" or \"[2001:db8::1]:51820\""},
	{IN_PEER("public_key = \"" KEY_A "\"; endpoint = \"224.0.0.1:51820\";"),
	 ":3: wireguard.peers[0].endpoint: 224.0.0.1:51820 is not the address of one station"},
	{IN_PEER("public_key = \"" KEY_A "\"; allowed_ips = [ \"10.0.0.1/8\" ];"),
	 ":3: wireguard.peers[0].allowed_ips: 10.0.0.1/8 has bits set behind its length"},
	{IN_PEER("public_key = \"" KEY_A "\"; alowed_ips = [ ];"),
	 ":3: unknown key `alowed_ips' (allowed_ips?)"},
	{IN_PEER("public_key = \"" KEY_A "\"; },\n{ public_key = \"" KEY_A "\";"),
	 ":4: wireguard.peers: the peer of line 3 has this public key already"},
	{IN_PEER("public_key = \"" KEY_A "\"; },\n{ public_key = \"" KEY_B "\";"),
	 ":4: wireguard.peers: this public key begins as the one of line 3 does"},
	{IN_PEER("public_key = \"" KEY_A "\"; allowed_ips = [ \"10.0.0.0/8\", \"10.0.0.0/8\" ];"),
	 ":3: wireguard.peers: 10.0.0.0/8 is an allowed IP of the peer of line 3 already"},
	{PORTS "wireguard : { name = \"pods\"; };",
	 ":2: wireguard.name: \"pods\" is a port already"},
	{PORTS "wireguard : { mtu = 100; };",
	 ":2: wireguard.mtu: 100 is neither 0 nor 576 or more"},
	{PORTS "wireguard : { strict = \"10.0.0.0/8\"; };",
	 ":2: wireguard.strict: needs a list, not a text"},
	{PORTS "wireguard : { private_key = \"secret\"; };", ":2: unknown key `private_key'"},

	/* what several keys say together */
	{"ports = ( { interface = \"eth1\"; } );", ":1: ports[0]: needs `name'"},
	{"ports = ( { name = \"\"; interface = \"eth1\"; } );",
	 ":1: ports[0].name: must not be empty"},
	{IN_PORT(""), ":2: ports[0]: needs `interface', as its io is \"afxdp\""},
	{IN_PORT("io = \"mem\";"),
	 ":2: ports[0]: io \"mem\" has no kernel beneath and needs a `static' group"},
	{IN_PORT("interface = \"eth1\"; mtu = 1500;"),
	 ":2: ports[0]: `mtu' is only for a conf with a `static' group, else the kernel says it"},
	{IN_PORT("io = \"mem\"; interface = \"eth1\";") "static : { };",
	 ":2: ports[0]: `interface' is only for io \"afxdp\""},
	{IN_PORT("io = \"mem\";") "static : { };",
	 ":2: ports[0]: needs `mac', as there is a `static' group"},
	{"ports = ( { name = \"a\"; interface = \"x\"; },\n"
	 "{ name = \"a\"; interface = \"y\"; } );",
	 ":2: ports[1]: there are two ports \"a\""},
	{"ports = ( { name = \"a\"; interface = \"x\"; },\n"
	 "{ name = \"b\"; interface = \"x\"; } );",
	 ":2: ports[1]: interface \"x\" is port \"a\" already"},
	{PORTS "punt : { interface = \"eth1\"; };",
	 ": punt.interface: \"eth1\" is port \"pods\" already"},
	{PORTS "workers : { cpus = [ 1 ]; };", ":2: workers.cpus: 1 CPUs for 2 workers"},
	{PORTS "workers : { cpus = [ 1, 1 ]; };", ":2: workers.cpus: CPU 1 is there twice"},
	{PORTS "workers : { cpus = [ -1, 1 ]; };",
	 ":2: workers.cpus: a CPU is a number from 0 to 4095"},
	{PORTS "nat : { port_first = 5000; port_last = 4000; };",
	 ":2: nat: port_first 5000 is greater than port_last 4000"},
	{PORTS "nat : { port_first = 5000; port_last = 5007; };",
	 ":2: nat: 8 ports are fewer than 16, one for each worker"},
	{PORTS "sizes : { flows = 1024; half_open = 1025; };",
	 ":2: sizes: half_open 1025 is more than flows 1024"},
	{PORTS "sizes : { frames = 1024; fragments = 513; };",
	 ":2: sizes: fragments 513 is more than half of frames 1024: held fragments could take "
	 "every packet buffer"},
	{PORTS "tunnel : { protocol = \"gre\"; };",
	 ":2: tunnel.protocol: \"gre\" is not \"none\", \"vxlan\" or \"geneve\""},
	{PORTS "tunnel : { vni = 16777216; };",
	 ":2: tunnel.vni: 16777216 is not between 0 and 16777215"},
	{PORTS "tunnel : { vni = 1; };", ":2: tunnel.vni: only with identity = \"address\""},
	{PORTS "tunnel : { mtu = 67; };", ":2: tunnel.mtu: 67 is less than 68"},
	{PORTS "tunnel : { protocol = \"vxlan\"; name = \"\"; };",
	 ":2: tunnel.name: must not be empty"},
	{PORTS "tunnel : { protocol = \"vxlan\"; name = \"pods\"; };",
	 ": tunnel.name: \"pods\" is a port already"},
	{PORTS "tunnel : { addresses = [ \"10.0.0.0/8\" ]; };",
	 ":2: tunnel.addresses: \"10.0.0.0/8\" is not an address"},
	{PORTS "tunnel : { peers = ( { mac = \"02:00:00:00:00:01\"; } ); };",
	 ":2: tunnel.peers[0]: needs `address'"},
	{PORTS
	 "tunnel : { peers = ( { address = \"10.0.0.1\"; prefixes = [ \"10.0.0.1/8\" ]; } ); };",
	 ":2: tunnel.peers[0].prefixes: 10.0.0.1/8 has bits set behind its length"},
	{PORTS
	 "tunnel : { peers = ( { address = \"10.0.0.1\"; },\n{ address = \"10.0.0.1\"; } ); };",
	 ":2: tunnel.peers[1]: the address of peers[0]"},
	{PORTS
	 "tunnel : { protocol = \"vxlan\"; port = 51871; };\nwireguard : { enabled = true; };",
	 ": wireguard.listen_port: 51871 is the tunnel's already"},
	{PORTS
	 "tunnel : { protocol = \"vxlan\"; name = \"wg0\"; };\nwireguard : { enabled = true; };",
	 ": wireguard.name: \"wg0\" is the tunnel's already"},

	/* without a kernel */
	{IN_STATIC("routes = ( { port = \"pods\"; } );"), ":3: static.routes[0]: needs `prefix'"},
	{IN_STATIC("routes = ( { prefix = \"10.0.0.0/33\"; } );"),
	 ":3: static.routes[0].prefix: \"10.0.0.0/33\" is not a prefix"},
	{IN_STATIC("routes = ( { prefix = \"10.0.0.1/24\"; } );"),
	 ":3: static.routes[0].prefix: 10.0.0.1/24 has bits set behind its length"},
	{IN_STATIC("routes = ( { prefix = \"::/0\"; } );"),
	 ":3: static.routes[0]: needs `port', as it is a unicast route"},
	{IN_STATIC("routes = ( { prefix = \"::/0\"; port = \"wan\"; } );"),
	 ":3: static.routes[0].port: there is no port \"wan\""},
	{IN_STATIC("routes = ( { prefix = \"::/0\"; port = \"pods\"; gateway = \"::\"; } );"),
	 ":3: static.routes[0].gateway: :: is not the address of one station"},
	{IN_STATIC("routes = ( { prefix = \"::/0\"; kind = \"prohibit\"; port = \"pods\"; } );"),
	 ":3: static.routes[0]: only a unicast route has a port"},
	{IN_STATIC("routes = ( { prefix = \"::/0\"; kind = \"prohibit\"; mtu = 1400; } );"),
	 ":3: static.routes[0]: only a unicast route has an mtu"},
	{IN_STATIC("neighbours = ( { address = \"10.0.0.9\"; port = \"pods\"; } );"),
	 ":3: static.neighbours[0]: needs `mac'"},
	{IN_STATIC("neighbours = (\n{ address = \"10.0.0.9\"; port = \"pods\"; mac = "
		   "\"1:2:3:4:5:6\"; } );"),
	 ":4: static.neighbours[0].mac: \"1:2:3:4:5:6\" is not a MAC address"},
	{IN_STATIC("neighbours = ( { address = \"10.0.0.9\"; port = \"pods\"; mac = "
		   "\"ff:ff:ff:ff:ff:ff\"; } );"),
	 ":3: static.neighbours[0].mac: ff:ff:ff:ff:ff:ff is not the address of one station"},
	{IN_PORT("io = \"mem\"; mac = \"02:00:00:00:00:01\"; addresses = [ \"10.0.1.1/24\", "
		 "\"10.0.1\" ];") "static : { };",
	 ":2: ports[0].addresses: \"10.0.1\" is not an address with a length, like "
	 "\"10.0.0.1/24\""},

	/* what the library must not see */
	{PORTS "@include \"/etc/passwd\"", ":2: @include is not supported: one file says all"},
	{PORTS "/*\n  @include \"x\"\n*/", ":3: @include is not supported: one file says all"},
	{PORTS "a = ((((((((((((1))))))))))));", ":2: groups and lists nested too deep"},
};

static void each_mistake_has_its_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		const char *text = mistakes[i].text;
		struct config_error error;
		struct config config;
		char expected[512];

		(void)snprintf(expected, sizeof(expected), "conf/x.conf%s", mistakes[i].error);
		assert_int_not_equal(
			config_parse("conf/x.conf", text, strlen(text), &config, &error), 0);
		assert_string_equal(error.text, expected);
	}
}

static void a_zero_byte_is_no_text(void **state)
{
	struct config_error error;
	struct config config;

	(void)state;
	assert_int_equal(config_parse("x", "log\0", 4, &config, &error), -EINVAL);
	assert_string_equal(error.text, "x: a zero byte: this is not a text file");
}

static void a_huge_file_is_refused_before_it_is_read(void **state)
{
	struct config_error error;
	struct config config;

	(void)state;
	assert_int_equal(config_load("/dev/zero", &config, &error), -EINVAL);
	assert_string_equal(error.text, "/dev/zero: larger than 262144 bytes");
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
	struct config_error error;
	struct config config;

	(void)state;
	assert_int_equal(config_load("no/such.conf", &config, &error), -ENOENT);
	assert_string_equal(error.text, "no/such.conf: No such file or directory");
	assert_int_equal(config_load("conf", &config, &error), -EISDIR);
	assert_string_equal(error.text, "conf: Is a directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_has_its_sentence),
		cmocka_unit_test(a_zero_byte_is_no_text),
		cmocka_unit_test(a_huge_file_is_refused_before_it_is_read),
		cmocka_unit_test(a_file_that_cannot_be_read_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
