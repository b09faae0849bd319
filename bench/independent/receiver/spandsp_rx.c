/* Reads 8 kHz signed 16-bit mono samples on stdin and prints the DTMF keys that
 * spandsp's receiver, with its defaults, finds in them. With an argument stdin
 * holds many recordings, each after its 32-bit length; each has a receiver of
 * its own, and lines "recording sample key" are printed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

static dtmf_rx_state_t *receiver(void)
{
    dtmf_rx_state_t *rx = dtmf_rx_init(NULL, NULL, NULL);
    if (rx == NULL) {
        fprintf(stderr, "spandsp has no DTMF receiver\n");
        exit(2);
    }
    return rx;
}

static void one(void)
{
    dtmf_rx_state_t *rx = receiver();
    int16_t samples[160];
    char keys[129];
    size_t n;
    while ((n = fread(samples, sizeof samples[0], 160, stdin)) > 0) {
        dtmf_rx(rx, samples, (int) n);
        size_t got = dtmf_rx_get(rx, keys, 128);
        fwrite(keys, 1, got, stdout);
    }
    dtmf_rx_free(rx);
}

static void many(void)
{
    uint32_t length;
    for (int recording = 0; fread(&length, sizeof length, 1, stdin) == 1; recording++) {
        dtmf_rx_state_t *rx = receiver();
        for (uint32_t at = 0; at < length;) {
            int16_t samples[160];
            char keys[129];
            size_t want = length - at < 160 ? length - at : 160;
            if (fread(samples, sizeof samples[0], want, stdin) != want)
                exit(3);
            at += (uint32_t) want;
            dtmf_rx(rx, samples, (int) want);
            size_t got = dtmf_rx_get(rx, keys, 128);
            for (size_t i = 0; i < got; i++)
                printf("%d %u %c\n", recording, (unsigned) at, keys[i]);
        }
        dtmf_rx_free(rx);
    }
}

int main(int argc, char **argv)
{
    (void) argv;
    if (argc > 1)
        many();
    else
        one();
    return 0;
}
