#include "go_asm.h"
#include "textflag.h"

// What kernels_amd64.s does four lanes at a time, eight at a time, where the
// processor has AVX2: the same operations in the same order, and no fused ones, so
// that the bits are the same.

#define PHASORS phasors__size
#define IMAGINARY phasors_im

// Eight frequencies: in Y0 and Y3 the sums before they are turned.
#define CORRELATE8(at) \
	VMULPS  (0*96+at)(DX), Y8, Y0 \
	VMULPS  (1*96+at)(DX), Y9, Y1 \
	VADDPS  Y1, Y0, Y0 \
	VMULPS  (2*96+at)(DX), Y10, Y1 \
	VMULPS  (3*96+at)(DX), Y11, Y2 \
	VADDPS  Y2, Y1, Y1 \
	VADDPS  Y1, Y0, Y0 \
	VMULPS  (4*96+at)(DX), Y12, Y3 \
	VMULPS  (5*96+at)(DX), Y13, Y4 \
	VADDPS  Y4, Y3, Y3 \
	VMULPS  (6*96+at)(DX), Y14, Y4 \
	VMULPS  (7*96+at)(DX), Y15, Y5 \
	VADDPS  Y5, Y4, Y4 \
	VADDPS  Y4, Y3, Y3 \
	VMOVUPS at(CX), Y4 \
	VMOVUPS (IMAGINARY+at)(CX), Y5 \
	VMULPS  Y4, Y0, Y6 \
	VMULPS  Y5, Y3, Y7 \
	VADDPS  Y7, Y6, Y6 \
	VMOVUPS Y6, at(DI) \
	VMULPS  Y5, Y0, Y0 \
	VMULPS  Y4, Y3, Y3 \
	VSUBPS  Y3, Y0, Y0 \
	VMOVUPS Y0, (IMAGINARY+at)(DI)

// func correlateWide(to []phasors, from []float32, waves *[8]lanes, turns []phasors)
TEXT ·correlateWide(SB), NOSPLIT, $0-80
	MOVQ  to_base+0(FP), DI
	MOVQ  to_len+8(FP), BX
	MOVQ  from_base+24(FP), SI
	MOVQ  waves+48(FP), DX
	MOVQ  turns_base+56(FP), CX
	TESTQ BX, BX
	JZ    correlateWideDone

correlateWideNext:
	VPERMILPS    $0x1B, (SI), X0 // from the middle outwards
	VMOVUPS      16(SI), X1
	VADDPS       X0, X1, X2      // even
	VSUBPS       X0, X1, X3      // odd
	VBROADCASTSS X2, Y8
	VPERMILPS    $0x55, X2, X4
	VBROADCASTSS X4, Y9
	VPERMILPS    $0xAA, X2, X5
	VBROADCASTSS X5, Y10
	VPERMILPS    $0xFF, X2, X6
	VBROADCASTSS X6, Y11
	VBROADCASTSS X3, Y12
	VPERMILPS    $0x55, X3, X4
	VBROADCASTSS X4, Y13
	VPERMILPS    $0xAA, X3, X5
	VBROADCASTSS X5, Y14
	VPERMILPS    $0xFF, X3, X6
	VBROADCASTSS X6, Y15

	CORRELATE8(0)
	CORRELATE8(32)
	CORRELATE8(64)
	ADDQ $32, SI
	ADDQ $PHASORS, DI
	ADDQ $PHASORS, CX
	DECQ BX
	JNZ  correlateWideNext
	VZEROUPPER

correlateWideDone:
	RET

// func addUpWide(sums, blocks []phasors)
TEXT ·addUpWide(SB), NOSPLIT, $0-48
	MOVQ    sums_base+0(FP), DI
	MOVQ    blocks_base+24(FP), SI
	MOVQ    blocks_len+32(FP), CX
	TESTQ   CX, CX
	JZ      addUpWideDone
	VMOVUPS 0(DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	VMOVUPS 128(DI), Y4
	VMOVUPS 160(DI), Y5

addUpWideNext:
	VADDPS  0(SI), Y0, Y0
	VADDPS  32(SI), Y1, Y1
	VADDPS  64(SI), Y2, Y2
	VADDPS  96(SI), Y3, Y3
	VADDPS  128(SI), Y4, Y4
	VADDPS  160(SI), Y5, Y5
	ADDQ    $PHASORS, DI
	ADDQ    $PHASORS, SI
	VMOVUPS Y0, 0(DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	DECQ    CX
	JNZ     addUpWideNext
	VZEROUPPER

addUpWideDone:
	RET

// WIDE adds what a sample does.
#define WIDE(at, column) \
	VBROADCASTSS at(SI), Y0;           \
	VMULPS       column(R8), Y0, Y3;    \
	VMULPS       column+32(R8), Y0, Y4; \
	VADDPS       Y3, Y1, Y1;            \
	VADDPS       Y4, Y2, Y2

// WIDESTATE adds what the state does, the numbers of which Y9 to Y12 hold eight times each.
#define WIDESTATE(column, sum) \
	VMULPS 512+column(R8), Y9, Y3;  \
	VMULPS 576+column(R8), Y10, Y4; \
	VMULPS 640+column(R8), Y11, Y5; \
	VMULPS 704+column(R8), Y12, Y6; \
	VADDPS Y4, Y3, Y3;              \
	VADDPS Y6, Y5, Y5;              \
	VADDPS Y5, Y3, Y3;              \
	VADDPS Y3, sum, sum

// func filterWide(to, from []float32, state *[4]float32, r *response)
// Y1 is what the samples add up to in what comes out, Y2 in the state, which Y8 is, twice.
TEXT ·filterWide(SB), NOSPLIT, $0-64
	MOVQ to_base+0(FP), DI
	MOVQ from_base+24(FP), SI
	MOVQ from_len+32(FP), CX
	MOVQ state+48(FP), DX
	MOVQ r+56(FP), R8
	VBROADCASTF128 (DX), Y8
	SHRQ $3, CX
	JZ   filterDone

filterNext:
	VBROADCASTSS (SI), Y0
	VMULPS (R8), Y0, Y1
	VMULPS 32(R8), Y0, Y2
	WIDE(4, 64)
	WIDE(8, 128)
	WIDE(12, 192)
	WIDE(16, 256)
	WIDE(20, 320)
	WIDE(24, 384)
	WIDE(28, 448)
	VPERMILPS $0x00, Y8, Y9
	VPERMILPS $0x55, Y8, Y10
	VPERMILPS $0xAA, Y8, Y11
	VPERMILPS $0xFF, Y8, Y12
	WIDESTATE(0, Y1)
	WIDESTATE(32, Y2)
	VMOVUPS Y1, (DI)
	VMOVAPS Y2, Y8
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ  filterNext
	VMOVUPS X8, (DX)

filterDone:
	VZEROUPPER
	RET

// SIFT8 finds the power of the window that ends with DI and began so many blocks
// before: at the rows in the lower half, and in the upper half, of two columns each,
// at the stronger one. Y4 to X7 hold the sums at its end.
#define SIFT8(blocks, power) \
	VSUBPS     (-blocks*PHASORS)(DI), Y4, power;            \
	VMULPS     power, power, power;                         \
	VSUBPS     (IMAGINARY-blocks*PHASORS)(DI), Y5, Y8;      \
	VMULPS     Y8, Y8, Y8;                                  \
	VADDPS     Y8, power, power;                            \
	VSUBPS     (32-blocks*PHASORS)(DI), X6, X9;             \
	VMULPS     X9, X9, X9;                                  \
	VSUBPS     (IMAGINARY+32-blocks*PHASORS)(DI), X7, X10;  \
	VMULPS     X10, X10, X10;                               \
	VADDPS     X10, X9, X9;                                 \
	VANDPS     X15, X9, X9;                                 \
	VPERM2F128 $0x08, Y9, Y9, Y9;                           \
	VMAXPS     Y9, power, power

// func siftWide(low, high *[newBlocks]bests, sums *[recent + 1]phasors)
TEXT ·siftWide(SB), NOSPLIT, $0-24
	MOVQ    low+0(FP), SI
	MOVQ    high+8(FP), DX
	MOVQ    sums+16(FP), DI
	ADDQ    $((const_recent+1-const_newBlocks)*PHASORS), DI
	MOVQ    $const_newBlocks, CX
	VMOVUPS ·columns(SB), X15

siftWideNext:
	VMOVUPS 0(DI), Y4
	VMOVUPS IMAGINARY(DI), Y5
	VMOVUPS 32(DI), X6
	VMOVUPS (IMAGINARY+32)(DI), X7
	SIFT8(4, Y0)
	SIFT8(5, Y1)
	SIFT8(7, Y2)
	SIFT8(10, Y3)

	// The strongest of each, as the lanes of both halves.
	VUNPCKLPS    Y1, Y0, Y8
	VUNPCKHPS    Y1, Y0, Y9
	VMAXPS       Y9, Y8, Y8
	VUNPCKLPS    Y3, Y2, Y10
	VUNPCKHPS    Y3, Y2, Y11
	VMAXPS       Y11, Y10, Y10
	VUNPCKLPD    Y10, Y8, Y9
	VUNPCKHPD    Y10, Y8, Y11
	VMAXPS       Y11, Y9, Y9
	VMOVUPS      X9, (SI)
	VEXTRACTF128 $1, Y9, (DX)

	ADDQ $16, SI
	ADDQ $16, DX
	ADDQ $PHASORS, DI
	DECQ CX
	JNZ  siftWideNext
	VZEROUPPER
	RET
