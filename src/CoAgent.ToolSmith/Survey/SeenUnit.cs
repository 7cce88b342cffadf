using System.Collections.Immutable;
using CoAgent.Protocol.Objects;

namespace CoAgent.ToolSmith.Survey;

/// <summary>A pipeline that somebody ran, or wants to run.</summary>
/// <param name="Unit">The pipeline.</param>
/// <param name="Touched">What the rules say that it touches.</param>
/// <param name="Nature">What it does to the world, by the rules.</param>
internal sealed record SeenUnit(CommandUnit Unit, Footprint Touched, UnitNature Nature)
{
    /// <summary>The files that it looks at or writes, as they were before it ran, by path below the root; directories end in a slash.</summary>
    /// <value>Null: they are too many or too large to make an example of.</value>
    public ImmutableSortedDictionary<string, string>? Before { get; init; }

    /// <summary>Whether it needs a repository of git around it.</summary>
    public bool NeedsRepository { get; init; }

    /// <summary>Its commands, read.</summary>
    public ImmutableArray<CommandWords> Stages { get; } = [.. Unit.Stages.Select(static stage => CommandWords.Of(stage.Words))];

    /// <summary>What it has in common with those that one tool can stand for.</summary>
    public string Form => FormOf(Unit, Stages);

    /// <summary>The form of a pipeline: its programs, verbs, options and redirections, without any value.</summary>
    internal static string FormOf(CommandUnit unit, ImmutableArray<CommandWords> stages) => string.Join(
        " | ",
        stages.Zip(unit.Stages, static (words, stage) => string.Join(' ', [words.Form, .. stage.Files.Select(static file => file.IsFile ? $"{file.Sign}…" : $"{file.Sign}{file.Path}")])));
}

/// <summary>What a command does to the world.</summary>
internal enum UnitNature
{
    /// <summary>It reads what can be shown as it was at any position.</summary>
    SnapshotRead,

    /// <summary>It reads what is live: a clock, a log, an answer from elsewhere.</summary>
    LiveRead,

    /// <summary>It writes files alone: what was there before takes it back.</summary>
    Write,
}
