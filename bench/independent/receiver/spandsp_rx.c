/* Reads 8 kHz signed 16-bit mono samples on stdin and prints the DTMF keys that
 * spandsp's receiver, with its defaults, finds in them. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

int main(void)
{
    dtmf_rx_state_t *rx = dtmf_rx_init(NULL, NULL, NULL);
    if (rx == NULL) {
        fprintf(stderr, "spandsp has no DTMF receiver\n");
        return 2;
    }
    int16_t samples[160];
    char keys[129];
    size_t n;
    while ((n = fread(samples, sizeof samples[0], 160, stdin)) > 0) {
        dtmf_rx(rx, samples, (int) n);
        size_t got = dtmf_rx_get(rx, keys, 128);
        fwrite(keys, 1, got, stdout);
    }
    dtmf_rx_free(rx);
    return 0;
}
