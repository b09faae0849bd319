#include "textflag.h"

// func addFrames(dst, a, b *Frame)
TEXT ·addFrames(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ $5, CX

next: // 32 samples
	MOVOU   (SI), X0
	MOVOU   16(SI), X1
	MOVOU   32(SI), X2
	MOVOU   48(SI), X3
	MOVOU   (DX), X4
	MOVOU   16(DX), X5
	MOVOU   32(DX), X6
	MOVOU   48(DX), X7
	PADDSW  X4, X0
	PADDSW  X5, X1
	PADDSW  X6, X2
	PADDSW  X7, X3
	MOVOU   X0, (DI)
	MOVOU   X1, 16(DI)
	MOVOU   X2, 32(DI)
	MOVOU   X3, 48(DI)
	ADDQ    $64, SI
	ADDQ    $64, DX
	ADDQ    $64, DI
	DECQ    CX
	JNZ     next
	RET

DATA bias<>+0(SB)/8, $0x0021002100210021
DATA bias<>+8(SB)/8, $0x0021002100210021
GLOBL bias<>(SB), RODATA|NOPTR, $16
DATA clip<>+0(SB)/8, $0x1fff1fff1fff1fff
DATA clip<>+8(SB)/8, $0x1fff1fff1fff1fff
GLOBL clip<>(SB), RODATA|NOPTR, $16
// The exponent of a number of the first segment, behind which four bits of mantissa follow.
DATA first<>+0(SB)/8, $0x0840084008400840
DATA first<>+8(SB)/8, $0x0840084008400840
GLOBL first<>(SB), RODATA|NOPTR, $16
DATA sign<>+0(SB)/8, $0x0080008000800080
DATA sign<>+8(SB)/8, $0x0080008000800080
GLOBL sign<>(SB), RODATA|NOPTR, $16
DATA ones<>+0(SB)/8, $0x00ff00ff00ff00ff
DATA ones<>+8(SB)/8, $0x00ff00ff00ff00ff
GLOBL ones<>(SB), RODATA|NOPTR, $16

// EIGHT makes code words, a word of 16 bits each, of eight samples in x. y and z are
// changed, X15 is zero and X10 to X14 are the constants.
#define EIGHT(x, y, z) \
	MOVOA   x, y;     \
	PSRAW   $15, y;   \
	PXOR    y, x;     \
	PSRLW   $2, x;    \
	PADDW   X10, x;   \
	PMINSW  X11, x;   \
	MOVOA   x, z;     \
	PUNPCKLWL X15, x; \
	PUNPCKHWL X15, z; \
	CVTPL2PS x, x;    \
	CVTPL2PS z, z;    \
	PSRLL   $19, x;   \
	PSRLL   $19, z;   \
	PACKSSLW z, x;    \
	PSUBW   X12, x;   \
	PAND    X13, y;   \
	PXOR    y, x;     \
	PXOR    X14, x

// func encodeMuLaw(dst *[FrameSamples]byte, f *Frame)
TEXT ·encodeMuLaw(SB), NOSPLIT, $0-16
	MOVQ dst+0(FP), DI
	MOVQ f+8(FP), SI
	MOVOU bias<>(SB), X10
	MOVOU clip<>(SB), X11
	MOVOU first<>(SB), X12
	MOVOU sign<>(SB), X13
	MOVOU ones<>(SB), X14
	PXOR  X15, X15
	MOVQ  $10, CX

next16:
	MOVOU (SI), X0
	MOVOU 16(SI), X1
	EIGHT(X0, X2, X3)
	EIGHT(X1, X4, X5)
	PACKUSWB X1, X0
	MOVOU X0, (DI)
	ADDQ  $32, SI
	ADDQ  $16, DI
	DECQ  CX
	JNZ   next16
	PXOR  X15, X15 // the Go ABI wants zero here
	RET
