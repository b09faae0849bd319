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

// func correlateWide(to *phasors, x *[8]float32, waves *[8]lanes, turn *phasors)
TEXT ·correlateWide(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ waves+16(FP), DX
	MOVQ turn+24(FP), CX

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
	VZEROUPPER
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
