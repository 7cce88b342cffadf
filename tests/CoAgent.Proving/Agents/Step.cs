using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Agents;

/// <summary>One step of an agent's program: a call whose texts and whose making may depend on earlier answers.</summary>
/// <param name="Verb">What it does.</param>
/// <param name="Target">The object that it is about; null for a listing, an undo, an abort.</param>
/// <param name="Source">The other object of a pair, a copy, a move or a mail.</param>
/// <param name="Directory">The directory of a listing.</param>
/// <param name="Text">The text to write, send or look for; <c>$2</c> stands for the answer of step 2.</param>
/// <param name="With">The text that an edit puts in.</param>
/// <param name="Undone">The step that an undo takes back, counted from 0.</param>
internal sealed record Step(
    Verb Verb, Place? Target = null, Place? Source = null, string Directory = "", string Text = "", string With = "", int Undone = -1)
{
    private CallDeclaration? _declaration;
    private Parts? _readParts;
    private Parts? _writtenParts;

    /// <summary>A copy declares anew: it may be about to be made different.</summary>
    private Step(Step other)
    {
        (Verb, Target, Source, Directory) = (other.Verb, other.Target, other.Source, other.Directory);
        (Text, With, Undone) = (other.Text, other.With, other.Undone);
        (When, Traits) = (other.When, other.Traits);
    }

    /// <summary>When it is made; null: always.</summary>
    public Condition? When { get; init; }

    /// <summary>What is peculiar about it.</summary>
    public StepTraits Traits { get; init; }

    /// <summary>Whether it is a call to a tool.</summary>
    public bool IsCall => Verb is not (Verb.Undo or Verb.Abort);

    /// <summary>Whether it is a call that changes nothing.</summary>
    public bool IsRead => Verb is Verb.Read or Verb.List;

    /// <summary>Whether it is a call without an inverse.</summary>
    public bool IsIrreversible => Verb is Verb.Send or Verb.Mail;

    /// <summary>What the protocol is told of the call.</summary>
    public CallDeclaration Declaration => _declaration ??= Declare();

    /// <summary>What it reads, as a set of parts of the world.</summary>
    public Parts ReadParts => _readParts ??= IsCall ? Parts.Of(Declaration.Footprint.Reads) : default;

    /// <summary>What it writes, as a set of parts of the world.</summary>
    public Parts WrittenParts => _writtenParts ??= IsCall ? Parts.Of(Declaration.Footprint.Writes) : default;

    /// <summary>Whether one writes what the other reads or writes; two that write one listing do not meet in it.</summary>
    public bool ConflictsWith(Step other) =>
        WrittenParts.Overlaps(other.ReadParts | other.WrittenParts.Contents) || other.WrittenParts.Overlaps(ReadParts);

    /// <summary>The steps whose answers it depends on.</summary>
    public IEnumerable<int> Sources => Template.StepsIn(Text).Concat(Template.StepsIn(With)).Concat(When is null ? [] : [When.Step]);

    /// <summary>The call with its texts filled in.</summary>
    /// <param name="answers">The answers of the program's steps; null where there is none.</param>
    public ToolCall Bind(IReadOnlyList<string?> answers) => new(
        Verb, Target, Source, Directory, Template.Fill(Text, answers), Template.Fill(With, answers), Traits.HasFlag(StepTraits.Tells));

    private CallDeclaration Declare() => new(Footprint.Create(Reads(), Writes()))
    {
        View = Traits.HasFlag(StepTraits.Rewind) ? ReadView.Rewind : ReadView.Version,
        CanReread = !Traits.HasFlag(StepTraits.NoReread),
        IsIrreversible = IsIrreversible,
        IsReplaySafe = !Traits.HasFlag(StepTraits.NoReplay),
        IsInverseIdempotent = !Traits.HasFlag(StepTraits.Fragile) && !IsIrreversible,
        HasProbe = Traits.HasFlag(StepTraits.Probe),
    };

    private ImmutableArray<ObjectPattern> Reads() => Verb switch
    {
        Verb.List => [Place.ListingOf(Directory)],
        Verb.Read or Verb.Append or Verb.Edit or Verb.Half => [Target!.Node],
        Verb.Copy or Verb.Mail => [Source!.Node],
        Verb.Move => [Source!.Node, Target!.Node],
        _ => [],
    };

    private ImmutableArray<ObjectPattern> Writes() => Verb switch
    {
        Verb.Set or Verb.Delete or Verb.Append or Verb.Copy => Target!.Existence,
        Verb.Edit or Verb.Half or Verb.Send or Verb.Mail => [Target!.Node],
        Verb.Move or Verb.Pair => [.. Source!.Existence, .. Target!.Existence],
        _ => [],
    };
}

/// <summary>Makes a step depend on an answer.</summary>
/// <param name="Step">The step whose answer counts, counted from 0.</param>
/// <param name="Text">What it must hold.</param>
/// <param name="IsNegated">Whether it must not hold that.</param>
internal sealed record Condition(int Step, string Text, bool IsNegated)
{
    /// <summary>Whether the step is made.</summary>
    public bool Holds(IReadOnlyList<string?> answers) =>
        (answers[Step] ?? "").Contains(Text, StringComparison.Ordinal) != IsNegated;
}

/// <summary>What is peculiar about a step; all of them change what the protocol may do, none what the agent means.</summary>
[Flags]
internal enum StepTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The write answers with what its object then holds.</summary>
    Tells = 1,

    /// <summary>The read is answered in place with later calls unwound.</summary>
    Rewind = 2,

    /// <summary>The read is not made again to compare.</summary>
    NoReread = 4,

    /// <summary>The write is never executed twice.</summary>
    NoReplay = 8,

    /// <summary>The inverse may only run when the call happened.</summary>
    Fragile = 16,

    /// <summary>The tool can be asked if the call happened.</summary>
    Probe = 32,

    /// <summary>The agent does not wait for the answer before it goes on to steps that do not need it.</summary>
    Ahead = 64,
}
