/*
 * What the runtime, its journal and the agents hold.
 *
 * A slot is a position: slot s = rank * STEPS + n is call n of the agent of that rank; slots compare as positions do.
 * An agent that takes calls back and issues them again uses their slots again: the order of what stands is the same.
 */
#define INVARIANT(n, holds_) assert((holds_) || 0 == n)

#define STEPS 3
#define SLOTS 9
#ifndef CRASHES
#define CRASHES 0
#endif

/* What stands in a slot. A read has no state: it is recorded when its agent is past it. */
#define NONE      0
#define APPLIED   1
#define UNWOUND   2     /* taken back by a plan that will replay it */
#define DISPLACED 3     /* its replay failed or is not allowed; a notice to its owner is open */
#define FAILED    4     /* its tool failed: it counts as a read of its footprint */

/* Where the call of an agent stands. */
#define IDLE    0       /* the agent thinks */
#define UNWIND  1
#define EXECUTE 2
#define REWIND  3
#define RECHECK 4
#define RESTORE 5       /* recovery runs the inverse of the call in doubt */
#define WAITING 6       /* only in broken variants */

#define UNKNOWN 255     /* in a notice that tells of the overlap alone */

byte op[SLOTS];         /* the programs: kind * 2 + object */
byte st[SLOTS];
byte told[SLOTS];       /* the result as its agent knows it */
byte holds[SLOTS];      /* the result as the runtime knows it; a notice is open where it differs from told */
byte arg[SLOTS];        /* what a write was issued with */
byte before[SLOTS];     /* captured before-state: what the inverse restores */
byte live[2];           /* the world */
byte latch[2];          /* the agents (bits) that have a plan on the object */

byte pc[3];             /* the agent's next call; calls at or after it that stand are to be taken back */
bit finished[3];
bit gone[3];            /* aborted */

byte phase[3];          /* the plan of the agent's call */
byte at[3];             /* the slot of the call */
bit undo[3];            /* it takes the slot's call back */
bit happened[3];        /* the call was executed, or taken back */
bit beneath[3];         /* a blind write that is put beneath L without unwinding it */
short later[3];         /* L: bits over slots */
byte doubt[3];          /* the slot whose inverse recovery runs */
byte crashes;

/* Scratch, set before it is used in each d_step: no part of the state. */
hidden byte val[2], reads[2], writes[2];
hidden byte k, n, o, p, q, first, last, some;

#define RANK(s) ((s) / STEPS)
#define STEP(s) ((s) % STEPS)
#define KIND(s) (op[s] >> 1)
#define OBJ(s)  (op[s] & 1)
#define IN(set, s) (((set) >> (s)) & 1)

#define STANDS(s)   (st[s] == APPLIED || st[s] == UNWOUND)
#define RECORDED(s) ((IS_READ(s) && STEP(s) < pc[RANK(s)]) || st[s] == FAILED)
#define OPEN(s)     (holds[s] != told[s] || st[s] == DISPLACED)

#define SLOT(a, i)  ((a) * STEPS + (i))
#define NEXT(a)     SLOT(a, pc[a])
#define HAS_OPEN(a) ((pc[a] > 0 && OPEN(SLOT(a,0))) || (pc[a] > 1 && OPEN(SLOT(a,1))) || (pc[a] > 2 && OPEN(SLOT(a,2))))
#define HEALING(a)  ((pc[a] < 1 && STANDS(SLOT(a,0))) || (pc[a] < 2 && STANDS(SLOT(a,1))) \
                     || (pc[a] < 3 && STANDS(SLOT(a,2))))
#define TOP(a)      SLOT(a, (STANDS(SLOT(a,2)) -> 2 : (STANDS(SLOT(a,1)) -> 1 : 0)))
#define AT_END(a)   (gone[a] || pc[a] == STEPS || op[(pc[a] == STEPS -> 0 : NEXT(a))] == 0)
#define QUIESCENT(a) (phase[a] == IDLE && AT_END(a) && !HAS_OPEN(a) && !HEALING(a))

#define ALL_FINISHED      (finished[0] && finished[1] && finished[2])
#define LOWER_FINISHED(a) ((a < 1 || finished[0]) && (a < 2 || finished[1]))
