/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/publish.h"

void publish_generation(struct publisher *publisher, struct generation *next)
{
	struct generation *before = publisher->current;

	rcu_assign_pointer(publisher->current, next);
	urcu_qsbr_synchronize_rcu();
	generation_free(before);
}

void publish_wait(void)
{
	urcu_qsbr_synchronize_rcu();
}
