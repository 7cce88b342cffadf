/*
 * Sections 8 (I6) and 9: the runtime dies between any two steps, or in the middle of one; recovery carries on.
 *
 * A step is: intent in the journal with the captured before-state, effect, outcome in the journal. Nobody sees a
 * latched object between these, so they are one step while nothing breaks; a crash draws for each plan how far it was.
 */
#define NOT_BEGUN 0
#define INTENDED  1     /* intent in the journal */
#define EFFECTED  2     /* intent in the journal, effect in the world, no outcome */

/* The plan, with its step as far as c says, becomes the plan that recovery carries on. */
inline die(a, c) {
    if
    :: phase[a] == UNWIND ->
        find_later(a, APPLIED); p = last;
        if :: c == EFFECTED -> invert(p) :: else fi;
        settle(a, p, c != NOT_BEGUN)
    :: phase[a] == EXECUTE && undo[a] ->
        p = at[a];
        if :: c == EFFECTED -> invert(p) :: else fi;
        settle(a, p, c != NOT_BEGUN)
    :: phase[a] == EXECUTE && KIND(at[a]) == SEND ->                    /* no inverse: its probe decides */
        p = at[a];
        if :: c == EFFECTED -> execute(a, p) :: else fi;
        settle(a, p, false)
    :: phase[a] == EXECUTE && !undo[a] && KIND(at[a]) != SEND -> p = at[a]; die_writing(a, p, c)
    :: phase[a] == REWIND -> find_later(a, UNWOUND); p = first; die_writing(a, p, c)
    :: phase[a] == RESTORE && c == EFFECTED -> die_restoring(a)
#ifdef NO_RECOVERY_RECHECK
    :: phase[a] == RECHECK -> release(a)
#endif
    :: else
    fi
}

inline die_writing(a, s, c) {
    if
    :: c == NOT_BEGUN || IS_READ(s) || (KIND(s) == ONCE && s != at[a]) || !WORKS(s, live) -> settle(a, s, false)
    :: else ->
        if :: s == at[a] -> issue_argument(s) :: else fi;
        capture(a, s);
#ifdef BENEATH_FORGET           /* that the restored state lies beneath L, and L is gone with it, is not remembered */
        k = 0;
        do
        :: k < SLOTS -> if :: s == at[a] && IN(later[a], k) -> st[k] = APPLIED :: else fi; k++
        :: else -> break
        od;
#endif
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
    byte a, c;             /* each agent's plan, and how far its step had come */
end:do
    :: atomic { crashes < CRASHES && (phase[0] != IDLE || phase[1] != IDLE || phase[2] != IDLE) ->
        crashes++;
        do
        :: a < 3 ->
            if
            :: true -> c = NOT_BEGUN
            :: phase[a] != IDLE && phase[a] != RECHECK -> c = INTENDED
            :: phase[a] != IDLE && phase[a] != RECHECK -> c = EFFECTED
            fi;
            d_step { die(a, c); a++; c = 0 }
        :: else -> break
        od;
        d_step { a = 0; check() } }
    :: atomic { crashes == CRASHES || ALL_FINISHED -> break }
    od
}
