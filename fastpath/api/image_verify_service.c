/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_verify() for services: frontends, picks, backends, sources.
 */

#include "fastpath/api/image_check.h"

int verify_service(const struct verify *v)
{
	const struct image_frontend *f = v->records[IMAGE_SERVICE_FRONTEND];
	uint32_t services = v->count[IMAGE_SERVICE_RECORD];

	for (uint32_t i = 0; i < v->count[IMAGE_SERVICE_FRONTEND]; i++, f++)
		if (f->service >= services || f->service_inside >= services)
			return verify_refuse(v, "frontend %u: its service is not there", i);
	return 0;
}
