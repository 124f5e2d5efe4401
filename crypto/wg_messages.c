/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/wg_messages.h"

/* TAI is ten seconds ahead of Unix time at 1970; leap seconds since do not matter, order does. */
#define TAI64_EPOCH 0x400000000000000aull
#define COARSE_NS   (1u << 24)

static_assert(COARSE_NS <= WG_INITIATION_SPACING_NS);

enum wg_verdict wg_message_check(const void *bytes, uint32_t size, enum wg_type *type)
{
	static const uint8_t sizes[] = {[WG_INITIATION] = sizeof(struct wg_initiation),
					[WG_RESPONSE] = sizeof(struct wg_response),
					[WG_COOKIE_REPLY] = sizeof(struct wg_cookie_reply),
					[WG_DATA] = WG_DATA_OVERHEAD};
	uint32_t number;

	if (size < sizeof(number))
		return WG_SHORT;
	number = from_le32(load32(bytes));
	if (number < WG_INITIATION || number > WG_DATA)
		return WG_BAD_TYPE;
	if (size < sizes[number] || (size > sizes[number] && number != WG_DATA))
		return WG_SHORT;
	*type = (enum wg_type)number;
	return WG_OK;
}

uint32_t wg_padded(uint32_t size, uint32_t mtu)
{
	uint32_t padded = (uint32_t)align_up(size, WG_PADDING);

	/* What is longer than the MTU already (it will be cut, or was put together) stays. */
	if (mtu && padded > mtu)
		return max_u32(size, mtu);
	return padded;
}

void wg_timestamp_make(uint64_t unix_ns, uint8_t timestamp[WG_TIMESTAMP_SIZE])
{
	be64 seconds = BE64(TAI64_EPOCH + unix_ns / WG_SECOND_NS);

	memcpy(timestamp, &seconds, sizeof(seconds));
	store32(timestamp + 8, BE32((uint32_t)(unix_ns % WG_SECOND_NS) & ~(COARSE_NS - 1)));
}
