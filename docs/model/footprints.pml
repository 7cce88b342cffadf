/* Who conflicts with whom (sections 2 and 3): L, the latches, and the world below a position. */

/* A call needs the latch of its own object, and the other one where it or a copy in L touches both. */
#define COPY_AT(s, x) ((x) > (s) && st[x] == APPLIED && KIND(x) == COPY)
#define NEEDS_BOTH(s) (BOTH(s) || COPY_AT(s,1) || COPY_AT(s,2) || COPY_AT(s,3) || COPY_AT(s,4) || COPY_AT(s,5) \
                       || COPY_AT(s,6) || COPY_AT(s,7) || COPY_AT(s,8))
#ifdef NO_LATCH
#define FREE(s) true
#else
#define FREE(s) (latch[OBJ(s)] == 0 && (!NEEDS_BOTH(s) || latch[1 - OBJ(s)] == 0))
#endif

/* A read is answered in place when no write above it stands. */
#define WRITTEN_AT(s, x) ((x) > (s) && st[x] == APPLIED && (OBJ(x) == OBJ(s) || KIND(s) == SCAN))
#ifdef LIVE_READ
#define IN_PLACE(s) true
#else
#define IN_PLACE(s) (!(WRITTEN_AT(s,1) || WRITTEN_AT(s,2) || WRITTEN_AT(s,3) || WRITTEN_AT(s,4) || WRITTEN_AT(s,5) \
                       || WRITTEN_AT(s,6) || WRITTEN_AT(s,7) || WRITTEN_AT(s,8)))
#endif

/* The world as the calls below slot s leave it, into val. */
inline prefix(s) {
    val[0] = 0; val[1] = 0; k = 0;
    do
    :: k < s -> if :: STANDS(k) -> val[OBJ(k)] = EFFECT(k, val) :: else fi; k++
    :: else -> break
    od
}

/* L: the applied calls above s that conflict with it, closed upward. One ascending pass closes it. */
inline compute_later(a, s) {
    later[a] = 0;
    reads[0] = IS_READ(s) || BOTH(s); reads[1] = reads[0];
    if :: !BOTH(s) -> reads[1 - OBJ(s)] = false :: else fi;
    writes[0] = false; writes[1] = false; writes[OBJ(s)] = IS_WRITE(s);
    k = s + 1;
    do
    :: k < SLOTS ->
        if
        :: st[k] == APPLIED && (writes[OBJ(k)] || reads[OBJ(k)] || (KIND(k) == COPY && writes[1 - OBJ(k)])) ->
            later[a] = later[a] | (1 << k);
#ifndef NO_CLOSURE
            writes[OBJ(k)] = true;
            if :: KIND(k) == COPY -> reads[1 - OBJ(k)] = true :: else fi
#endif
        :: else
        fi;
        k++
    :: else -> break
    od
}

inline take_latches(a, s) {
    latch[OBJ(s)] = latch[OBJ(s)] | (1 << a);
    if :: NEEDS_BOTH(s) -> latch[1 - OBJ(s)] = latch[1 - OBJ(s)] | (1 << a) :: else fi
}

/* Is there a slot in L with this state? The highest goes to last, the lowest to first. */
inline find_later(a, state) {
    some = false; k = 0;
    do
    :: k < SLOTS ->
        if
        :: IN(later[a], k) && st[k] == state ->
            if :: !some -> first = k :: else fi;
            last = k; some = true
        :: else
        fi;
        k++
    :: else -> break
    od
}
