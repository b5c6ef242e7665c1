// SPDX-License-Identifier: MIT
#include "text.h"

#include <stdint.h>

int
text_ok(const char *s, size_t n, int newlines)
{
	const unsigned char *p = (const unsigned char *)s;

	for (size_t i = 0; i < n; ) {
		uint32_t c = p[i];
		size_t more = c < 0x80 ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
		static const uint32_t smallest[] = { 0, 0x80, 0x800, 0x10000 };

		if ((c >= 0x80 && c < 0xc2) || c > 0xf4 || more >= n - i ||
		    (c < 0x20 && !(newlines && c == '\n')) || c == 0x7f)
			return 0;
		c &= more ? 0x3fu >> more : 0x7f;
		for (size_t k = 1; k <= more; k++) {
			if ((p[i + k] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[i + k] & 0x3f);
		}
		if (c < smallest[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return 0;
		i += more + 1;
	}
	return 1;
}
