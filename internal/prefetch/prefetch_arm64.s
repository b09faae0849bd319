#include "textflag.h"

// func fetch(at unsafe.Pointer, lines int)
TEXT ·fetch(SB), NOSPLIT, $0-16
	MOVD at+0(FP), R0
	MOVD lines+8(FP), R1

next:
	PRFM (R0), PLDL1KEEP
	ADD  $64, R0
	SUBS $1, R1
	BGT  next
	RET

// func look(at unsafe.Pointer)
TEXT ·look(SB), NOSPLIT, $0-8
	MOVD  at+0(FP), R0
	MOVBU (R0), ZR // no general register is left with what is there
	RET
