#include "textflag.h"

// func fetch(at unsafe.Pointer, lines int)
TEXT ·fetch(SB), NOSPLIT, $0-16
	MOVQ at+0(FP), AX
	MOVQ lines+8(FP), CX

next:
	PREFETCHT0 (AX)
	ADDQ $64, AX
	DECQ CX
	JGT  next
	RET

// func look(at unsafe.Pointer)
TEXT ·look(SB), NOSPLIT, $0-8
	MOVQ at+0(FP), AX
	CMPB (AX), $0 // no general register is left with what is there
	RET
