using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>
/// What an agent does in a play: a call, or taking back what it did. Two moves with one text are the same move.
/// </summary>
/// <param name="Kind">What sort of move.</param>
/// <param name="Text">The move in words; of a <see cref="MoveKind.TakeBack"/> those of what it takes back.</param>
/// <param name="Declare">What the protocol is told of the call; asked once, and only when the move is made.</param>
internal sealed record Move(MoveKind Kind, string Text, Func<CallDeclaration> Declare)
{
    private CallDeclaration? _declaration;

    /// <summary>What the protocol is told of the call.</summary>
    public CallDeclaration Declaration => _declaration ??= Declare();

    /// <summary>What the call does to the world, and what it answers.</summary>
    public Func<IDictionary<string, string>, string> Act { get; init; } = _ => "";

    /// <summary>The objects whose content an inverse restores; a slash at the end stands for all below it.</summary>
    public ImmutableArray<string> Touches { get; init; } = [];

    public Footprint Footprint => Declaration.Footprint;

    public bool IsRead => Declaration.IsRead;

    /// <summary>Whether what it leaves does not depend on what was there.</summary>
    public bool IsBlind => !IsRead && Footprint.Reads.IsEmpty;

    public static Move Abort { get; } = new(MoveKind.Abort, "abort", DeclareNothing);

    public static Move TakeBack(Move what) => new(MoveKind.TakeBack, what.Text, DeclareNothing);

    /// <summary>The same call, declared otherwise.</summary>
    public Move As(Func<CallDeclaration, CallDeclaration> change) =>
        new(Kind, Text, () => change(Declare())) { Act = Act, Touches = Touches };

    public bool ConflictsWith(Move other) =>
        Overlap(Footprint.Writes, other.Footprint.Writes) || Overlap(Footprint.Writes, other.Footprint.Reads)
        || Overlap(Footprint.Reads, other.Footprint.Writes);

    public bool Equals(Move? other) => other is not null && Kind == other.Kind && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Kind == MoveKind.TakeBack ? $"take back {Text}" : Text;

    private static CallDeclaration DeclareNothing() => new(Footprint.Create([], []));

    private static bool Overlap(ImmutableArray<ObjectPattern> some, ImmutableArray<ObjectPattern> others) =>
        some.Any(one => others.Any(one.Overlaps));
}

/// <summary>The sorts of moves.</summary>
internal enum MoveKind
{
    /// <summary>A call to a tool.</summary>
    Call,

    /// <summary>Taking back an own earlier call.</summary>
    TakeBack,

    /// <summary>Taking back everything, and ending.</summary>
    Abort,
}
