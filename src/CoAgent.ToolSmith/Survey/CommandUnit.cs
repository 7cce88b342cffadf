using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Parsing;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Survey;

/// <summary>One pipeline of a command line whose every word is known: what a tool can be made of (catalog.md, "ToolSmith").</summary>
/// <param name="Stages">Its commands, in order.</param>
internal sealed record CommandUnit(ImmutableArray<UnitStage> Stages)
{
    /// <summary>How many commands one pipeline may have.</summary>
    internal const int StagesMax = 8;

    /// <summary>How many pipelines of one line are looked at.</summary>
    internal const int UnitsMax = 20;

    /// <summary>How many characters all words of one may have together.</summary>
    internal const int CharsMax = 4_000;

    /// <summary>The pipelines of a line that run in the directory that it starts in, as far as their words are known.</summary>
    /// <remarks>
    /// A line that is not understood has none. What follows a change of the directory is left out: a tool runs in the root. So is what stands
    /// in loops, conditions, functions and substitutions: there a command is not what was meant, but a part of it.
    /// </remarks>
    internal static ImmutableArray<CommandUnit> Of(string line, ParseLimits limits)
    {
        if (ShellParser.Parse(line, limits) is not ParseOutcome.Parsed { Script.Body.Statements: var statements })
        {
            return [];
        }

        var units = ImmutableArray.CreateBuilder<CommandUnit>();
        foreach (var pipeline in statements.Where(static statement => !statement.IsBackground)
            .SelectMany(static statement => statement.Rest.Select(static linked => linked.Pipeline).Prepend(statement.First)))
        {
            if (MovesShell(pipeline) || units.Count == UnitsMax)
            {
                break;
            }

            if (Of(pipeline) is { } unit)
            {
                units.Add(unit);
            }
        }

        return units.ToImmutable();
    }

    /// <inheritdoc/>
    public bool Equals(CommandUnit? other) => other is not null && Stages.SequenceEqual(other.Stages);

    /// <inheritdoc/>
    public override int GetHashCode() => Stages.Length;

    // Whatever may change the shell itself: the directory, variables, functions, options.
    private static bool MovesShell(Pipeline pipeline) => pipeline.Stages is not [{ Command: Command.Simple { Words: [var name, ..] } }]
        ? pipeline.Stages.Any(static stage => stage.Command is not Command.Simple) || pipeline.Stages.IsEmpty
        : name.Plain is null or "cd" or "pushd" or "popd" or "eval" or "source" or "." or "set" or "shopt" or "exec" or "exit" or "return"
            or "export" or "declare" or "alias" or "trap" or "umask" or "ulimit" or "unset" or "readonly" or "local" or "read" or "mapfile";

    private static CommandUnit? Of(Pipeline pipeline)
    {
        if (pipeline.IsNegated || pipeline.IsTimed || pipeline.Stages.Length is 0 or > StagesMax)
        {
            return null;
        }

        var stages = ImmutableArray.CreateBuilder<UnitStage>();
        var length = 0;
        foreach (var stage in pipeline.Stages)
        {
            if (stage.PipesErrors || stage.Command is not Command.Simple simple || UnitStage.Of(simple) is not { } known)
            {
                return null;
            }

            length += known.Words.Sum(static word => word.Length + 1);
            stages.Add(known);
        }

        return length <= CharsMax ? new CommandUnit(stages.ToImmutable()) : null;
    }
}

/// <summary>One command of a pipeline.</summary>
/// <param name="Words">The program and its arguments.</param>
/// <param name="Files">The files that it is redirected from and to.</param>
internal sealed record UnitStage(ImmutableArray<string> Words, ImmutableArray<UnitFile> Files)
{
    private static readonly WordEvaluator s_words = new(new ShellKnowledge());

    internal static UnitStage? Of(Command.Simple command)
    {
        if (!command.Assignments.IsEmpty || command.Words.IsEmpty)
        {
            return null;
        }

        var words = ImmutableArray.CreateBuilder<string>();
        foreach (var field in command.Words.SelectMany(static word => s_words.Fields(word)))
        {
            if (field is not FieldValue.Text { Value: var text } || text.Contains('\0', StringComparison.Ordinal))
            {
                return null;
            }

            words.Add(text);
        }

        var files = command.Redirections.Select(UnitFile.Of).ToArray();
        return words.Count == 0 || words[0].Length == 0 || files.Contains(null) ? null : new UnitStage(words.ToImmutable(), [.. files.OfType<UnitFile>()]);
    }

    /// <inheritdoc/>
    public bool Equals(UnitStage? other) => other is not null && Words.SequenceEqual(other.Words) && Files.SequenceEqual(other.Files);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Words[0], Words.Length);

    internal static string? SingleText(Word word) => s_words.Fields(word) is [FieldValue.Text { Value: var text }] ? text : null;
}

/// <summary>A redirection of a command to or from a file, or of its errors to its output.</summary>
/// <param name="Sign">As it is written, the descriptor before it: <c>&gt;</c>, <c>2&gt;</c>, <c>&gt;&gt;</c>.</param>
/// <param name="Path">The file; of <c>2&gt;&amp;</c> the descriptor.</param>
internal sealed record UnitFile(string Sign, string Path)
{
    /// <summary>Whether what follows the sign is a file of somebody's.</summary>
    internal bool IsFile => !Sign.EndsWith('&') && Path != "/dev/null";

    internal static UnitFile? Of(Redirection redirection)
    {
        var sign = redirection.Kind switch
        {
            RedirectionKind.Read => "<",
            RedirectionKind.Write or RedirectionKind.Clobber => ">",
            RedirectionKind.Append => ">>",
            RedirectionKind.DuplicateOutput => ">&",
            _ => null,
        };
        if (sign is null || redirection.Variable is not null || UnitStage.SingleText(redirection.Target) is not { Length: > 0 } target)
        {
            return null;
        }

        // ">& file" means output and errors, as ">&1" means a descriptor: only the latter is taken.
        return sign == ">&" && target is not ("1" or "2") ? null : new UnitFile($"{redirection.Descriptor}{sign}", target);
    }
}
