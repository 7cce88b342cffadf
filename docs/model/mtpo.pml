/*
 * The core of CoAgent (MTPO): three agents, two objects, crashes of the runtime. README.md says what is left out.
 *
 *   take notices ──▶ take back own later calls ──▶ call: latch ▶ unwind… ▶ execute ▶ rewind… ▶ recheck ──▶ finish
 *                                                          └──── crash: restore what is in doubt, rewind, recheck
 *
 * One d_step is one turn of the runtime's only writer, or one tool run. Each ends with check(): the invariants.
 * The names in #ifdef each break one rule; ./check shows that Spin finds every one of them.
 */
#include "state.pml"
#include "programs.pml"
#include "footprints.pml"
#include "notices.pml"
#include "plan.pml"
#include "invariants.pml"
#include "crash.pml"

#define IS_IDLE(a)  (phase[a] == IDLE && !finished[a])
#define READY(a)    (IS_IDLE(a) && !AT_END(a) && !HEALING(a))
#define ADMITTED(a) (READY(a) && IS_WRITE(NEXT(a)) && GATE(a) && MAY_SEND(a))
#ifdef NO_GATE
#define GATE(a) true
#define MAY_SEND(a) (KIND(NEXT(a)) != SEND || LOWER_FINISHED(a))
#else
#define GATE(a) (!HAS_OPEN(a))
#ifdef NO_IRREVERSIBLE_GATE
#define MAY_SEND(a) true
#else
#define MAY_SEND(a) (KIND(NEXT(a)) != SEND || LOWER_FINISHED(a))
#endif
#endif
#ifdef NO_FINISH_GATE
#define MAY_FINISH(a) (IS_IDLE(a) && QUIESCENT(a))
#else
#define MAY_FINISH(a) (IS_IDLE(a) && QUIESCENT(a) && LOWER_FINISHED(a))
#endif

proctype Agent(byte a) {
    do
    /* Notices come with the answer to a gated write, with a read, or while a finish is held. */
    :: d_step { IS_IDLE(a) && HAS_OPEN(a) ->
        take_notice(a); check() }
    /* What was done on a premise that is gone is taken back, the last call first. */
    :: d_step { IS_IDLE(a) && HEALING(a) && st[TOP(a)] == APPLIED && FREE(TOP(a)) ->
        begin_plan(a, TOP(a), 1); check() }
    :: d_step { READY(a) && KIND(NEXT(a)) == ABORT ->
        gone[a] = 1; pc[a] = 0; drop_beyond(a); check() }

#ifdef EARLY_L                  /* L is computed when the call arrives, not when its latches are taken */
    :: d_step { ADMITTED(a) ->
        at[a] = NEXT(a); compute_later(a, at[a]); phase[a] = WAITING; check() }
    :: d_step { phase[a] == WAITING && FREE(at[a]) ->
        take_latches(a, at[a]); first_phase(a); check() }
#else
#ifdef ONE_BY_ONE               /* latches are taken one after the other */
    :: d_step { ADMITTED(a) && latch[OBJ(NEXT(a))] == 0 ->
        at[a] = NEXT(a); latch[OBJ(at[a])] = 1 << a; phase[a] = WAITING; check() }
    :: d_step { phase[a] == WAITING && (!NEEDS_BOTH(at[a]) || latch[1 - OBJ(at[a])] == 0) ->
        begin_plan(a, at[a], 0); check() }
#else
    :: d_step { ADMITTED(a) && FREE(NEXT(a)) ->
        begin_plan(a, NEXT(a), 0); check() }
#endif
#endif

#ifdef NO_READ_LATCH            /* what a read saw is recorded later, and nothing is latched meanwhile */
    :: d_step { READY(a) && IS_READ(NEXT(a)) && IN_PLACE(NEXT(a)) && FREE(NEXT(a)) ->
        p = NEXT(a); SAW(p, live); phase[a] = WAITING; check() }
    :: d_step { phase[a] == WAITING ->
        phase[a] = IDLE; pc[a]++; check() }
#else
    :: d_step { READY(a) && IS_READ(NEXT(a)) && IN_PLACE(NEXT(a)) && FREE(NEXT(a)) ->
        p = NEXT(a); SAW(p, live); pc[a]++; check() }
#endif
    /* Version view. It need not wait for latches: what changes beneath it is rechecked when the plan ends. */
    :: d_step { READY(a) && IS_READ(NEXT(a)) && !(IN_PLACE(NEXT(a)) && FREE(NEXT(a))) ->
        p = NEXT(a); prefix(p); SAW(p, val); pc[a]++; check() }
    /* Rewind view. */
    :: d_step { READY(a) && IS_READ(NEXT(a)) && !IN_PLACE(NEXT(a)) && FREE(NEXT(a)) ->
        begin_plan(a, NEXT(a), 0); check() }

    :: d_step { phase[a] == UNWIND -> unwind_one(a); check() }
    :: d_step { phase[a] == EXECUTE -> execute(a, at[a]); carry_on(a); check() }
    :: d_step { phase[a] == REWIND -> replay_one(a); carry_on(a); check() }
    :: d_step { phase[a] == RECHECK -> end_plan(a); check() }
    :: d_step { phase[a] == RESTORE -> recover(a); check() }

    :: d_step { MAY_FINISH(a) -> finished[a] = 1; check() }
    :: finished[a] -> break
    od
}

init {
    atomic {
        draw_programs();
        run Agent(0); run Agent(1); run Agent(2);
#if CRASHES > 0
        run Crash()
#endif
    }
}

/* Every run ends with all agents finished: no deadlock, no livelock, whatever the scheduler does. */
ltl ends { <> ALL_FINISHED }
