/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/many_services.h"

#include <stdio.h>
#include <stdlib.h>

#include "fastpath/base/check.h"

union addr many_services_vip(uint32_t service)
{
	return addr_v4(BE32(0x0a600000u + 1 + service));
}

union addr many_services_backend(const struct many_services *world, uint32_t service,
				 uint32_t backend)
{
	uint32_t number = service * world->backends + backend;

	if (service == world->changed && backend == world->backends - 1)
		return addr_v4(BE32(0x0b000001u));
	return addr_v4(BE32(0x0a800000u + 1 + number));
}

static uint32_t number_of(const struct many_services *world, uint32_t service, uint32_t backend)
{
	uint32_t number = service * world->backends + backend;

	return world->backwards ? world->services * world->backends - 1 - number : number;
}

static void write_backends(struct image_writer *w, const struct many_services *world)
{
	uint32_t count = world->services * world->backends;

	for (uint32_t n = 0; n < count; n++) {
		uint32_t at = world->backwards ? count - 1 - n : n;
		struct image_backend b = {.addr = many_services_backend(world, at / world->backends,
									at % world->backends),
					  .port = 8080,
					  .proto = world->proto,
					  .flags = BACKEND_VALID};

		(void)image_writer_add(w, IMAGE_SERVICE_BACKEND, &b, sizeof(b));
	}
}

static void write_picks(struct image_writer *w, const struct many_services *world, uint32_t service)
{
	for (uint32_t b = 0; b < world->backends; b++) {
		bool idle = world->inactive_every &&
			    b % world->inactive_every == world->inactive_every - 1;
		struct image_pick pick = {.backend = number_of(world, service, b),
					  .weight =
						  world->weights[b % 8] ? world->weights[b % 8] : 1,
					  .state = idle ? PICK_DRAINING : PICK_ACTIVE,
					  .order = b};

		(void)image_writer_add(w, IMAGE_SERVICE_PICK, &pick, sizeof(pick));
	}
}

static void write_service(struct image_writer *w, const struct many_services *world, uint32_t i)
{
	struct image_service service = {.first = i * world->backends,
					.count = world->backends,
					.snat_rule = world->snat_rule,
					.maglev_size = world->maglev_size,
					.seed = 0x1234567,
					.affinity_s = world->affinity_s,
					.algorithm = world->maglev_size ? SERVICE_MAGLEV
									: SERVICE_RANDOM,
					.mode = world->mode,
					.number = i};
	struct image_frontend f = {.addr = many_services_vip(i),
				   .port = 80,
				   .proto = world->proto,
				   .flags = FRONTEND_VIP,
				   .service = i,
				   .service_inside = i};

	(void)image_writer_add(w, IMAGE_SERVICE_RECORD, &service, sizeof(service));
	(void)image_writer_add(w, IMAGE_SERVICE_FRONTEND, &f, sizeof(f));
	write_picks(w, world, i);
}

struct image_header *many_services_image(const struct many_services *world)
{
	struct image_header *image;
	struct image_error error;
	struct image_writer w;

	image_writer_open(&w, IMAGE_SERVICE);
	for (uint32_t i = 0; i < world->services; i++)
		write_service(&w, world, i);
	write_backends(&w, world);
	image = image_writer_close(&w);
	if (image_verify(image, image->size, IMAGE_SERVICE, &error)) {
		(void)fprintf(stderr, "%s\n", error.text);
		abort();
	}
	return image;
}
