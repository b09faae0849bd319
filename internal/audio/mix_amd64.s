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
