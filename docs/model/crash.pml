/*
 * Sections 8 (I6) and 9: the runtime dies between any two steps, or in the middle of one; recovery carries on.
 *
 * A step is: intent in the journal with the captured before-state, effect, outcome in the journal. Nobody sees a latched
 * object between these, so they are one step while nothing breaks, and a crash draws for each plan how far it had come.
 */
#define NOT_BEGUN 0
#define INTENDED  1     /* intent in the journal */
#define EFFECTED  2     /* intent in the journal, effect in the world, no outcome */

inline die(a) {
    if
    :: phase[a] == IDLE -> skip
#ifdef NO_RECOVERY_RECHECK
    :: phase[a] == RECHECK -> release(a)
#else
    :: phase[a] == RECHECK -> skip
#endif
    :: phase[a] != IDLE && phase[a] != RECHECK ->
        if
        :: die_at(a, NOT_BEGUN)
        :: die_at(a, INTENDED)
        :: die_at(a, EFFECTED)
        fi
    fi
}

/* The plan, with its step as far as c says, becomes the plan that recovery carries on. */
inline die_at(a, c) {
    d_step {
        if
        :: phase[a] == UNWIND ->
            find_later(a, APPLIED); p = last;
            if :: c == NOT_BEGUN -> skip :: else -> if :: c == EFFECTED -> invert(p) :: else fi fi;
            settle(a, p, c != NOT_BEGUN)
        :: phase[a] == EXECUTE -> p = at[a]; die_executing(a, p, c)
        :: phase[a] == REWIND -> find_later(a, UNWOUND); p = first; die_writing(a, p, c)
        :: phase[a] == RESTORE -> if :: c == EFFECTED -> die_restoring(a) :: else fi
        :: else
        fi
    }
}

inline die_executing(a, s, c) {
    if
    :: undo[a] ->
        if :: c == EFFECTED -> invert(s) :: else fi;
        settle(a, s, c != NOT_BEGUN)
    :: !undo[a] && IS_READ(s) -> settle(a, s, false)
    :: !undo[a] && KIND(s) == SEND ->                                   /* no inverse: its probe decides */
        if :: c == EFFECTED -> execute(a, s) :: else fi;
        settle(a, s, false)
    :: else -> die_writing(a, s, c)
    fi
}

inline die_writing(a, s, c) {
    if
    :: c == NOT_BEGUN || (KIND(s) == ONCE && s != at[a]) || !WORKS(s, live) -> settle(a, s, false)
    :: else ->
        if :: s == at[a] -> issue_argument(s) :: else fi;
        capture(a, s);
        if :: c == EFFECTED -> live[OBJ(s)] = EFFECT(s, live) :: else fi;
        settle(a, s, true)
    fi
}

inline settle(a, s, inDoubt) {
    if
#ifndef NO_RESTORE
    :: inDoubt -> doubt[a] = s; phase[a] = RESTORE
#endif
    :: else -> recover_rest(a)
    fi
}

/* Dying again in recovery changes nothing: the inverse is run once more. */
inline die_restoring(a) {
    invert(doubt[a]);
#ifdef FORGET_EARLY
    before[doubt[a]] = 0
#endif
}

/* Recovery runs the inverse of the call in doubt. */
inline recover(a) {
    p = doubt[a];
    invert(p);
    if
    :: p != at[a] -> st[p] = UNWOUND; before[p] = 0                     /* it will be replayed */
    :: else -> forget(p); happened[a] = undo[a]                         /* it did not happen, or it is taken back */
    fi;
    doubt[a] = 0;
    recover_rest(a)
}

inline recover_rest(a) {
#ifdef NO_CARRY_ON
    phase[a] = RECHECK
#else
    carry_on(a)
#endif
}

proctype Crash() {
end:do
    :: atomic { crashes < CRASHES && (phase[0] != IDLE || phase[1] != IDLE || phase[2] != IDLE) ->
        crashes++;
        die(0); die(1); die(2);
        d_step { check() } }
    :: atomic { crashes == CRASHES || ALL_FINISHED -> break }
    od
}
