/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * SERVICE images as large as wanted, of services that are all alike: service s is called at
 * 10.96.x.y port 80 TCP (or UDP), its backends are 10.128.0.0 and up, port 8080.
 */

#include "fastpath/api/image.h"

struct many_services {
	uint32_t services;
	uint32_t backends; /* of each service */
	uint32_t maglev_size;
	uint8_t proto;
	uint8_t mode;		 /* enum service_mode */
	uint16_t weights[8];	 /* of backend b: [b % 8]; all zero: 1 */
	uint32_t changed;	 /* this service has another last backend; UINT32_MAX: none */
	bool backwards;		 /* backends are numbered from the last one on */
	uint32_t affinity_s;	 /* of all services */
	uint32_t inactive_every; /* every so many-th pick of a service is draining; 0: none */
	uint32_t snat_rule;
};

/* To be freed with free(); dies when it would be refused. */
struct image_header *many_services_image(const struct many_services *world);

union addr many_services_vip(uint32_t service);
union addr many_services_backend(const struct many_services *world, uint32_t service,
				 uint32_t backend);
