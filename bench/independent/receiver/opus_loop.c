/* Sends 8 kHz signed 16-bit mono samples from stdin through Opus, in frames of
 * 20 ms at the bit rate in the first argument, and writes them to stdout
 * without the codec's delay. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <opus/opus.h>

int main(int argc, char **argv)
{
    int err;
    OpusEncoder *enc = opus_encoder_create(8000, 1, OPUS_APPLICATION_VOIP, &err);
    OpusDecoder *dec = enc ? opus_decoder_create(8000, 1, &err) : NULL;
    if (dec == NULL) {
        fprintf(stderr, "opus: %s\n", opus_strerror(err));
        return 2;
    }
    opus_encoder_ctl(enc, OPUS_SET_BITRATE(argc > 1 ? atoi(argv[1]) : 16000));
    opus_int32 skip = 0;
    opus_encoder_ctl(enc, OPUS_GET_LOOKAHEAD(&skip));
    int16_t x[160], y[960];
    unsigned char packet[1500];
    /* Two frames of silence push the last samples out. */
    for (int flush = 0; flush < 2;) {
        size_t n = fread(x, sizeof x[0], 160, stdin);
        if (n < 160)
            flush++;
        for (; n < 160; n++)
            x[n] = 0;
        opus_int32 len = opus_encode(enc, x, 160, packet, sizeof packet);
        int got = len < 0 ? len : opus_decode(dec, packet, len, y, 960, 0);
        if (got < 0) {
            fprintf(stderr, "opus: %s\n", opus_strerror(got));
            return 2;
        }
        int from = skip < got ? (int) skip : got;
        skip -= from;
        fwrite(y + from, sizeof y[0], (size_t) (got - from), stdout);
    }
    return 0;
}
