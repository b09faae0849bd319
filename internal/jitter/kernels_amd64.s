#include "textflag.h"

DATA inverted<>+0(SB)/8, $0x00ff00ff00ff00ff
DATA inverted<>+8(SB)/8, $0x00ff00ff00ff00ff
GLOBL inverted<>(SB), RODATA|NOPTR, $16
DATA magnitude<>+0(SB)/8, $0x007f007f007f007f
DATA magnitude<>+8(SB)/8, $0x007f007f007f007f
GLOBL magnitude<>(SB), RODATA|NOPTR, $16
// 132.0, the least there is before the bias is taken away: exponent and mantissa of a
// code word are added to it.
DATA least<>+0(SB)/8, $0x4304000043040000
DATA least<>+8(SB)/8, $0x4304000043040000
GLOBL least<>(SB), RODATA|NOPTR, $16
DATA bias<>+0(SB)/8, $0x0084008400840084
DATA bias<>+8(SB)/8, $0x0084008400840084
GLOBL bias<>(SB), RODATA|NOPTR, $16

// WORDS repeats the lowest word of a register of the first kind in one of the second.
#define WORDS(r, x) \
	MOVQ      r, x;     \
	PUNPCKLWL x, x;     \
	PSHUFD    $0, x, x

// func expandMuLaw(to []int16, from []entry, all entry) (n int)
TEXT ·expandMuLaw(SB), NOSPLIT, $0-64
	MOVQ    to_base+0(FP), DI
	MOVQ    to_len+8(FP), CX
	MOVQ    from_base+24(FP), SI
	MOVQ    from_len+32(FP), DX
	MOVWLZX all+48(FP), BX
	CMPQ    DX, CX
	CMOVQLT DX, CX
	SHRQ    $3, CX
	XORQ    AX, AX
	WORDS(BX, X8)
	MOVOU   inverted<>(SB), X9
	MOVOU   magnitude<>(SB), X10
	MOVOU   least<>(SB), X11
	MOVOU   bias<>(SB), X12
	PXOR    X13, X13
	TESTQ   CX, CX
	JZ      done

next8:
	MOVOU     (SI), X0
	MOVO      X0, X1
	PSRLW     $8, X1
	PSLLW     $8, X1
	PCMPEQW   X8, X1
	PMOVMSKB  X1, R8
	CMPL      R8, $0xFFFF
	JNE       done
	PXOR      X9, X0
	MOVO      X0, X2
	PSLLW     $8, X2
	PSRAW     $15, X2      // ones where the sample is negative
	PAND      X10, X0
	MOVO      X0, X3
	PUNPCKLWL X13, X0
	PUNPCKHWL X13, X3
	PSLLL     $19, X0
	PSLLL     $19, X3
	PADDL     X11, X0
	PADDL     X11, X3
	CVTTPS2PL X0, X0
	CVTTPS2PL X3, X3
	PACKSSLW  X3, X0
	PSUBW     X12, X0
	PXOR      X2, X0
	PSUBW     X2, X0
	MOVOU     X0, (DI)
	ADDQ      $16, SI
	ADDQ      $16, DI
	ADDQ      $8, AX
	DECQ      CX
	JNZ       next8

done:
	MOVQ AX, n+56(FP)
	RET

// func markSixteens(to []entry, codes []byte, all entry)
TEXT ·markSixteens(SB), NOSPLIT, $0-50
	MOVQ    to_base+0(FP), DI
	MOVQ    to_len+8(FP), CX
	MOVQ    codes_base+24(FP), SI
	MOVWLZX all+48(FP), BX
	SHRQ    $4, CX
	JZ      marked
	WORDS(BX, X8)
	PSRLW   $8, X8
	MOVO    X8, X9
	PACKUSWB X9, X8 // the mark, as bytes

next16:
	MOVOU     (SI), X0
	MOVO      X0, X1
	PUNPCKLBW X8, X0
	PUNPCKHBW X8, X1
	MOVOU     X0, (DI)
	MOVOU     X1, 16(DI)
	ADDQ      $16, SI
	ADDQ      $32, DI
	DECQ      CX
	JNZ       next16

marked:
	RET
