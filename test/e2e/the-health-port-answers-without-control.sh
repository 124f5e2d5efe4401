#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# healthCheckNodePort says whether the gateway has local backends, with the body that kube-proxy
# gives, and goes on saying it while sluiced is not there.
. "$(dirname "$0")/lib.sh"

GATEWAY=192.0.2.1
lab_start
rm -f "$DIR"/objects/policy.yaml "$DIR"/objects/egress.yaml

# the node of its only endpoint
service_write() {
	cat >"$DIR/objects/service.yaml" <<-END
		apiVersion: v1
		kind: Service
		metadata: {name: web, namespace: shop}
		spec:
		  type: LoadBalancer
		  clusterIP: 10.96.0.10
		  externalTrafficPolicy: Local
		  healthCheckNodePort: 30500
		  ports: [ {name: http, port: 80, targetPort: 8080, nodePort: 30080} ]
		  selector: {app: nobody}
		status: {loadBalancer: {ingress: [ {ip: 198.18.0.1} ]}}
		---
		apiVersion: discovery.k8s.io/v1
		kind: EndpointSlice
		metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
		addressType: IPv4
		ports: [ {name: http, port: 8080, protocol: TCP} ]
		endpoints: [ {addresses: [ 192.0.2.10 ], nodeName: $1, conditions: {ready: true}} ]
	END
}

# what curl should write, from a balancer outside
asked() { inside stranger curl -s -o "$DIR/body" -w '%{http_code}' -m 2 http://$GATEWAY:30500/healthz; }
answers() { [ "$(asked)" = "$1" ]; }

service_write gw-1
gateway_start "services : { snat_addresses = [ \"192.0.2.1\" ]; };"
wait_for 5 answers 200 || fail "the health port answers $(asked)"
same "the body" '{"service":{"namespace":"shop","name":"web"},"localEndpoints":1,"serviceProxyHealthy":true}' "$(cat "$DIR/body")"
same "IPv6 on the machine itself" 200 "$(inside gw curl -s -o /dev/null -w '%{http_code}' http://[::1]:30500/)"
health=$(status .health.pid)

for signal in KILL TERM; do
	kill "-$signal" "$SLUICED"
	wait_for 5 gone "$SLUICED"
	same "the answer without sluiced" 200 "$(asked)"
	sluiced_start
	wait_for 10 healthy || fail "sluiced is not healthy after SIG$signal and a new start"
	same "the health process" "$health" "$(status .health.pid)"
	same "the answer after it" 200 "$(asked)"
done

service_write gw-2
reload
wait_for 5 answers 503 || fail "without local backends the health port answers $(asked)"
same "the body" '{"service":{"namespace":"shop","name":"web"},"localEndpoints":0,"serviceProxyHealthy":true}' "$(cat "$DIR/body")"
rm "$DIR/objects/service.yaml"
reload
wait_for 5 answers 000 || fail "the port of a service that is gone answers $(asked)"
