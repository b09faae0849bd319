#include "go_asm.h"
#include "textflag.h"

// The plain form of each function is in kernels.go, with what it is for. Lanes are
// coarse frequencies, but in widen, moments, filter, energies and dot, where they are
// samples. A phasors is 192 bytes, real parts first; memory is not aligned, so operands
// are loaded by MOVUPS.

#define PHASORS phasors__size
#define IMAGINARY phasors_im

// The lanes of columns among frequencies 8 to 11 of the sieve.
DATA ·columns+0(SB)/4, $0xFFFFFFFF
DATA ·columns+4(SB)/4, $0xFFFFFFFF
DATA ·columns+8(SB)/4, $0xFFFFFFFF
DATA ·columns+12(SB)/4, $0
GLOBL ·columns(SB), RODATA|NOPTR, $16

// sieveLeak, four times.
DATA leaks<>+0(SB)/4, $1.2
DATA leaks<>+4(SB)/4, $1.2
DATA leaks<>+8(SB)/4, $1.2
DATA leaks<>+12(SB)/4, $1.2
GLOBL leaks<>(SB), RODATA|NOPTR, $16

DATA ones<>+0(SB)/4, $1.0
DATA ones<>+4(SB)/4, $1.0
DATA ones<>+8(SB)/4, $1.0
DATA ones<>+12(SB)/4, $1.0
GLOBL ones<>(SB), RODATA|NOPTR, $16

// The bit of the windows that end with a frame's first block.
DATA first<>+0(SB)/4, $2
DATA first<>+4(SB)/4, $2
DATA first<>+8(SB)/4, $2
DATA first<>+12(SB)/4, $2
GLOBL first<>(SB), RODATA|NOPTR, $16

DATA units<>+0(SB)/8, $0x0001000100010001
DATA units<>+8(SB)/8, $0x0001000100010001
GLOBL units<>(SB), RODATA|NOPTR, $16

// func widen(to []float32, from []int16)
TEXT ·widen(SB), NOSPLIT, $0-48
	MOVQ to_base+0(FP), DI
	MOVQ from_base+24(FP), SI
	MOVQ from_len+32(FP), CX
	SHRQ $3, CX
	JZ   widenDone

widenNext:
	MOVOU     (SI), X0
	MOVO      X0, X1
	PUNPCKLWL X0, X0
	PUNPCKHWL X1, X1
	PSRAL     $16, X0
	PSRAL     $16, X1
	CVTPL2PS  X0, X0
	CVTPL2PS  X1, X1
	MOVUPS    X0, (DI)
	MOVUPS    X1, 16(DI)
	ADDQ      $16, SI
	ADDQ      $32, DI
	DECQ      CX
	JNZ       widenNext

widenDone:
	RET

// func moments(sums, energies []int64, from []int16)
TEXT ·moments(SB), NOSPLIT, $0-72
	MOVQ  sums_base+0(FP), DI
	MOVQ  energies_base+24(FP), DX
	MOVQ  from_base+48(FP), SI
	MOVQ  from_len+56(FP), CX
	SHRQ  $3, CX
	JZ    momentsDone
	MOVQ  (DI), R8
	MOVQ  (DX), R9
	MOVOU units<>(SB), X6
	PXOR  X7, X7

momentsNext:
	MOVOU      (SI), X0
	MOVO       X0, X1
	PMADDWL    X6, X1     // sums of two
	PMADDWL    X0, X0     // of two squares: up to 2³¹, so without a sign
	PSHUFD     $0xEE, X1, X2
	PADDL      X2, X1
	PSHUFD     $0x55, X1, X2
	PADDL      X2, X1
	MOVL       X1, AX
	MOVLQSX    AX, AX
	ADDQ       AX, R8
	MOVO       X0, X3
	PUNPCKLLQ  X7, X0
	PUNPCKHLQ  X7, X3
	PADDQ      X3, X0
	PSHUFD     $0xEE, X0, X3
	PADDQ      X3, X0
	MOVQ       X0, BX
	ADDQ       BX, R9
	ADDQ       $8, DI
	ADDQ       $8, DX
	MOVQ       R8, (DI)
	MOVQ       R9, (DX)
	ADDQ       $16, SI
	DECQ       CX
	JNZ        momentsNext

momentsDone:
	RET

// Four frequencies: in X0 and X3 the sums before they are turned.
#define CORRELATE4(at) \
	MOVUPS (0*96+at)(DX), X0 \
	MULPS  X8, X0 \
	MOVUPS (1*96+at)(DX), X1 \
	MULPS  X9, X1 \
	ADDPS  X1, X0 \
	MOVUPS (2*96+at)(DX), X1 \
	MULPS  X10, X1 \
	MOVUPS (3*96+at)(DX), X2 \
	MULPS  X11, X2 \
	ADDPS  X2, X1 \
	ADDPS  X1, X0 \
	MOVUPS (4*96+at)(DX), X3 \
	MULPS  X12, X3 \
	MOVUPS (5*96+at)(DX), X4 \
	MULPS  X13, X4 \
	ADDPS  X4, X3 \
	MOVUPS (6*96+at)(DX), X4 \
	MULPS  X14, X4 \
	MOVUPS (7*96+at)(DX), X5 \
	MULPS  X15, X5 \
	ADDPS  X5, X4 \
	ADDPS  X4, X3 \
	MOVUPS at(CX), X4 \
	MOVUPS (IMAGINARY+at)(CX), X5 \
	MOVAPS X0, X6 \
	MULPS  X4, X6 \
	MOVAPS X3, X7 \
	MULPS  X5, X7 \
	ADDPS  X7, X6 \
	MOVUPS X6, at(DI) \
	MULPS  X5, X0 \
	MULPS  X4, X3 \
	SUBPS  X3, X0 \
	MOVUPS X0, (IMAGINARY+at)(DI)

// func energies(to, from []float32)
TEXT ·energies(SB), NOSPLIT, $0-48
	MOVQ  to_base+0(FP), DI
	MOVQ  to_len+8(FP), CX
	MOVQ  from_base+24(FP), SI
	TESTQ CX, CX
	JZ    energiesDone

energiesNext:
	MOVUPS  (SI), X0
	MULPS   X0, X0
	MOVUPS  16(SI), X1
	MULPS   X1, X1
	ADDPS   X1, X0
	MOVHLPS X0, X1
	ADDPS   X0, X1
	PSHUFD  $0x55, X1, X0
	ADDSS   X0, X1
	MOVSS   X1, (DI)
	ADDQ    $32, SI
	ADDQ    $4, DI
	DECQ    CX
	JNZ     energiesNext

energiesDone:
	RET

// func correlateNarrow(to []phasors, from []float32, waves *[8]lanes, turns []phasors)
TEXT ·correlateNarrow(SB), NOSPLIT, $0-80
	MOVQ  to_base+0(FP), DI
	MOVQ  to_len+8(FP), BX
	MOVQ  from_base+24(FP), SI
	MOVQ  waves+48(FP), DX
	MOVQ  turns_base+56(FP), CX
	TESTQ BX, BX
	JZ    correlateNarrowDone

correlateNarrowNext:
	MOVUPS (SI), X0
	MOVUPS 16(SI), X1
	SHUFPS $0x1B, X0, X0 // from the middle outwards
	MOVAPS X1, X2
	ADDPS  X0, X1        // even
	SUBPS  X0, X2        // odd
	PSHUFD $0x00, X1, X8
	PSHUFD $0x55, X1, X9
	PSHUFD $0xAA, X1, X10
	PSHUFD $0xFF, X1, X11
	PSHUFD $0x00, X2, X12
	PSHUFD $0x55, X2, X13
	PSHUFD $0xAA, X2, X14
	PSHUFD $0xFF, X2, X15

	CORRELATE4(0)
	CORRELATE4(16)
	CORRELATE4(32)
	CORRELATE4(48)
	CORRELATE4(64)
	CORRELATE4(80)
	ADDQ $32, SI
	ADDQ $PHASORS, DI
	ADDQ $PHASORS, CX
	DECQ BX
	JNZ  correlateNarrowNext

correlateNarrowDone:
	RET

#define LOAD12 \
	MOVUPS 0(DI), X0 \
	MOVUPS 16(DI), X1 \
	MOVUPS 32(DI), X2 \
	MOVUPS 48(DI), X3 \
	MOVUPS 64(DI), X4 \
	MOVUPS 80(DI), X5 \
	MOVUPS 96(DI), X6 \
	MOVUPS 112(DI), X7 \
	MOVUPS 128(DI), X8 \
	MOVUPS 144(DI), X9 \
	MOVUPS 160(DI), X10 \
	MOVUPS 176(DI), X11

#define ADD(at, x) \
	MOVUPS at(SI), X12 \
	ADDPS  X12, x

// A block at SI is added to X0 to X11.
#define ADD12 \
	ADD(0, X0) \
	ADD(16, X1) \
	ADD(32, X2) \
	ADD(48, X3) \
	ADD(64, X4) \
	ADD(80, X5) \
	ADD(96, X6) \
	ADD(112, X7) \
	ADD(128, X8) \
	ADD(144, X9) \
	ADD(160, X10) \
	ADD(176, X11)

#define STORE12 \
	MOVUPS X0, 0(DI) \
	MOVUPS X1, 16(DI) \
	MOVUPS X2, 32(DI) \
	MOVUPS X3, 48(DI) \
	MOVUPS X4, 64(DI) \
	MOVUPS X5, 80(DI) \
	MOVUPS X6, 96(DI) \
	MOVUPS X7, 112(DI) \
	MOVUPS X8, 128(DI) \
	MOVUPS X9, 144(DI) \
	MOVUPS X10, 160(DI) \
	MOVUPS X11, 176(DI)

// func addUpNarrow(sums, blocks []phasors)
TEXT ·addUpNarrow(SB), NOSPLIT, $0-48
	MOVQ sums_base+0(FP), DI
	MOVQ blocks_base+24(FP), SI
	MOVQ blocks_len+32(FP), CX
	TESTQ CX, CX
	JZ    addUpDone
	LOAD12

addUpNext:
	ADD12
	ADDQ $PHASORS, DI
	STORE12
	ADDQ $PHASORS, SI
	DECQ CX
	JNZ  addUpNext

addUpDone:
	RET

// func total(to *phasors, blocks []phasors)
TEXT ·total(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ blocks_base+8(FP), SI
	MOVQ blocks_len+16(FP), CX
	TESTQ CX, CX
	JZ    totalDone
	LOAD12

totalNext:
	ADD12
	ADDQ $PHASORS, SI
	DECQ CX
	JNZ  totalNext
	STORE12

totalDone:
	RET

#define DIFFERENCE4(at) \
	MOVUPS at(DX), X0 \
	MOVUPS at(SI), X1 \
	SUBPS  X1, X0 \
	MOVUPS (IMAGINARY+at)(DX), X2 \
	MOVUPS (IMAGINARY+at)(SI), X3 \
	SUBPS  X3, X2 \
	MOVUPS X0, at(DI) \
	MOVUPS X2, (IMAGINARY+at)(DI) \
	MULPS  X0, X0 \
	MULPS  X2, X2 \
	ADDPS  X2, X0 \
	MOVUPS at(CX), X1 \
	ADDPS  X0, X1 \
	MOVUPS X1, at(CX)

// func difference(to *phasors, power *lanes, from, until *phasors)
TEXT ·difference(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ power+8(FP), CX
	MOVQ from+16(FP), SI
	MOVQ until+24(FP), DX
	DIFFERENCE4(0)
	DIFFERENCE4(16)
	DIFFERENCE4(32)
	DIFFERENCE4(48)
	DIFFERENCE4(64)
	DIFFERENCE4(80)
	RET

// The power of the window that ends with DI and began so many blocks before, at
// four frequencies.
#define POWER(blocks, at, power, x, y) \
	MOVUPS at(DI), power \
	MOVUPS (at-blocks*PHASORS)(DI), x \
	SUBPS  x, power \
	MULPS  power, power \
	MOVUPS (IMAGINARY+at)(DI), x \
	MOVUPS (IMAGINARY+at-blocks*PHASORS)(DI), y \
	SUBPS  y, x \
	MULPS  x, x \
	ADDPS  x, power

#define SIFT(blocks, row, column) \
	POWER(blocks, 0, row, X8, X9) \
	POWER(blocks, 16, column, X10, X11) \
	POWER(blocks, 32, X12, X13, X14) \
	ANDPS X15, X12 \
	MAXPS X12, column

// The maximum of each of four registers, as the four lanes of the first. All but
// b and d are overwritten.
#define STRONGEST(a, b, c, d, x, y) \
	MOVAPS   a, x \
	UNPCKLPS b, x \
	UNPCKHPS b, a \
	MAXPS    a, x \
	MOVAPS   c, y \
	UNPCKLPS d, y \
	UNPCKHPS d, c \
	MAXPS    c, y \
	MOVAPS   x, a \
	MOVLHPS  y, a \
	MOVHLPS  x, y \
	MAXPS    y, a

// func siftNarrow(low, high *[newBlocks]bests, sums *[recent + 1]phasors)
TEXT ·siftNarrow(SB), NOSPLIT, $0-24
	MOVQ   low+0(FP), SI
	MOVQ   high+8(FP), DX
	MOVQ   sums+16(FP), DI
	ADDQ   $((const_recent+1-const_newBlocks)*PHASORS), DI
	MOVQ   $const_newBlocks, CX
	MOVUPS ·columns(SB), X15

siftNext:
	SIFT(4, X0, X4)
	SIFT(5, X1, X5)
	SIFT(7, X2, X6)
	SIFT(10, X3, X7)
	STRONGEST(X0, X1, X2, X3, X8, X9)
	STRONGEST(X4, X5, X6, X7, X10, X11)
	MOVUPS X0, (SI)
	MOVUPS X4, (DX)
	ADDQ   $16, SI
	ADDQ   $16, DX
	ADDQ   $PHASORS, DI
	DECQ   CX
	JNZ    siftNext
	RET

// func promised(ends *[4]uint32, low, high *[newBlocks]bests, energy *[newBlocks + longestPiece]float64, wanted *bests)
TEXT ·promised(SB), NOSPLIT, $0-40
	MOVQ   ends+0(FP), DI
	MOVQ   low+8(FP), SI
	MOVQ   high+16(FP), DX
	MOVQ   energy+24(FP), BX
	MOVQ   wanted+32(FP), AX
	MOVUPS (AX), X8
	MOVUPS ·sieveScale(SB), X9
	MOVUPS leaks<>(SB), X10
	MOVUPS ones<>(SB), X11
	XORPS  X12, X12           // the windows found
	MOVUPS first<>(SB), X13 // the block, as a bit
	MOVQ   $const_newBlocks, CX

promisedNext:
	// Energies of windows of 4, 5, 7 and 10 blocks: BX is at the sum of what was
	// before the longest of them.
	MOVSD    80(BX), X0
	UNPCKLPD X0, X0
	MOVAPS   X0, X2
	MOVSD    48(BX), X1
	MOVHPD   40(BX), X1
	SUBPD    X1, X0
	MOVSD    24(BX), X3
	MOVHPD   0(BX), X3
	SUBPD    X3, X2
	CVTPD2PS X0, X0
	CVTPD2PS X2, X2
	MOVLHPS  X2, X0

	MOVUPS (SI), X1
	MULPS  X9, X1
	MOVUPS (DX), X2
	MULPS  X9, X2
	MOVAPS X1, X3
	ADDPS  X2, X3
	MULPS  X10, X3
	MOVAPS X0, X4
	SUBPS  X3, X4  // the rest
	MULPS  X8, X4
	MINPS  X2, X1
	ADDPS  X1, X1
	CMPPS  X1, X4, $2 // X4 ≤ X1: wanted of the rest ≤ twice the weaker
	MOVAPS X11, X5
	CMPPS  X0, X5, $2 // 1 ≤ energy
	ANDPS  X5, X4
	ANDPS  X13, X4
	ORPS   X4, X12
	PADDL  X13, X13

	ADDQ $8, BX
	ADDQ $16, SI
	ADDQ $16, DX
	DECQ CX
	JNZ  promisedNext
	MOVUPS X12, (DI)
	RET

// The sum of a register's lanes, as (0 + 1) + (2 + 3), in its first.
#define ACROSS(x, y) \
	PSHUFD  $0xB1, x, y \
	ADDPS   y, x \
	MOVHLPS x, y \
	ADDSS   y, x

// func dot(even, odd, cosine, sine []quad) (c, s float32)
TEXT ·dot(SB), NOSPLIT, $0-104
	MOVQ  even_base+0(FP), SI
	MOVQ  even_len+8(FP), CX
	MOVQ  odd_base+24(FP), DI
	MOVQ  cosine_base+48(FP), DX
	MOVQ  sine_base+72(FP), BX
	XORPS X0, X0
	XORPS X1, X1
	XORQ  AX, AX
	SHLQ  $4, CX
	JZ    dotDone

dotNext:
	MOVUPS (SI)(AX*1), X2
	MOVUPS (DX)(AX*1), X3
	MULPS  X3, X2
	ADDPS  X2, X0
	MOVUPS (DI)(AX*1), X4
	MOVUPS (BX)(AX*1), X5
	MULPS  X5, X4
	ADDPS  X4, X1
	ADDQ   $16, AX
	CMPQ   AX, CX
	JLT    dotNext

dotDone:
	ACROSS(X0, X2)
	ACROSS(X1, X3)
	MOVSS X0, c+96(FP)
	MOVSS X1, s+100(FP)
	RET

// NARROW adds what a sample does.
#define NARROW(at, column) \
	MOVSS  at(SI), X3;        \
	SHUFPS $0, X3, X3;        \
	MOVUPS column(R8), X4;    \
	MOVUPS column+16(R8), X5; \
	MOVUPS column+32(R8), X6; \
	MULPS  X3, X4;            \
	MULPS  X3, X5;            \
	MULPS  X3, X6;            \
	ADDPS  X4, X0;            \
	ADDPS  X5, X1;            \
	ADDPS  X6, X2

// NARROWSTATE adds what the state does, the numbers of which X9 to X12 hold four times each.
#define NARROWSTATE(column, sum) \
	MOVUPS 512+column(R8), X3; \
	MOVUPS 576+column(R8), X4; \
	MOVUPS 640+column(R8), X5; \
	MOVUPS 704+column(R8), X6; \
	MULPS  X9, X3;             \
	MULPS  X10, X4;            \
	MULPS  X11, X5;            \
	MULPS  X12, X6;            \
	ADDPS  X4, X3;             \
	ADDPS  X6, X5;             \
	ADDPS  X5, X3;             \
	ADDPS  X3, sum

// func filterNarrow(to, from []float32, state *[4]float32, r *response)
// X0 to X2 are what the samples add up to, X8 is the state.
TEXT ·filterNarrow(SB), NOSPLIT, $0-64
	MOVQ to_base+0(FP), DI
	MOVQ from_base+24(FP), SI
	MOVQ from_len+32(FP), CX
	MOVQ state+48(FP), DX
	MOVQ r+56(FP), R8
	MOVUPS (DX), X8
	SHRQ $3, CX
	JZ narrowDone

narrowNext:
	MOVSS (SI), X3
	SHUFPS $0, X3, X3
	MOVUPS 0(R8), X0
	MULPS X3, X0
	MOVUPS 16(R8), X1
	MULPS X3, X1
	MOVUPS 32(R8), X2
	MULPS X3, X2
	NARROW(4, 64)
	NARROW(8, 128)
	NARROW(12, 192)
	NARROW(16, 256)
	NARROW(20, 320)
	NARROW(24, 384)
	NARROW(28, 448)
	MOVAPS X8, X9
	MOVAPS X8, X10
	MOVAPS X8, X11
	MOVAPS X8, X12
	SHUFPS $0x00, X9, X9
	SHUFPS $0x55, X10, X10
	SHUFPS $0xAA, X11, X11
	SHUFPS $0xFF, X12, X12
	NARROWSTATE(0, X0)
	NARROWSTATE(16, X1)
	NARROWSTATE(32, X2)
	MOVUPS X0, (DI)
	MOVUPS X1, 16(DI)
	MOVAPS X2, X8
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ narrowNext
	MOVUPS X8, (DX)

narrowDone:
	RET
