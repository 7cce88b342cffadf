using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>A shell at one point of a line.</summary>
internal sealed record ShellState(ShellKnowledge Knowledge, WorkingDirectory Directory)
{
    /// <summary>The functions that the line has defined; null: one of several, or gone.</summary>
    public ImmutableDictionary<string, Command?> Functions { get; init; } = ImmutableDictionary<string, Command?>.Empty;

    /// <summary>Variables that programs get too.</summary>
    public ImmutableHashSet<string> Exported { get; init; } = [];

    public bool ExportsFunctions { get; init; }

    /// <summary>The shell may have ended before this point.</summary>
    public bool MayHaveEnded { get; init; }

    /// <summary>A command that fails ends the shell, for certain.</summary>
    public bool EndsOnFailure { get; init; }

    /// <summary>A command that fails may end the shell.</summary>
    public bool MayEndOnFailure { get; init; }

    /// <summary>A fresh shell in a directory. What is not in its environment has no value to it, but may be set by a start-up file.</summary>
    public static ShellState Start(string directory, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var state = new ShellState(new ShellKnowledge(), WorkingDirectory.At(directory));
        foreach (var (name, value) in environment.Where(static pair => pair.Key != "IFS"))
        {
            state = state with
            {
                Knowledge = state.Knowledge.With(name, new VariableValue.Text(value)),
                Exported = state.Exported.Add(name),
            };
        }

        return state;
    }

    /// <summary>After something that may have changed anything about the shell.</summary>
    public ShellState ForgetAll() => this with
    {
        Knowledge = Knowledge.ForgetAll(),
        Directory = WorkingDirectory.Unknown,
        Functions = Functions.ToImmutableDictionary(static pair => pair.Key, static _ => (Command?)null),
        MayHaveEnded = true,
        EndsOnFailure = false,
        MayEndOnFailure = true,
    };

    public ShellState Merge(ShellState other)
    {
        if (ReferenceEquals(this, other))
        {
            return this;
        }

        return this with
        {
            Knowledge = Knowledge.Merge(other.Knowledge),
            Directory = Directory.Merge(other.Directory),
            Functions = MergeFunctions(Functions, other.Functions),
            Exported = Exported.Intersect(other.Exported),
            ExportsFunctions = ExportsFunctions || other.ExportsFunctions,
            MayHaveEnded = MayHaveEnded || other.MayHaveEnded,
            EndsOnFailure = EndsOnFailure && other.EndsOnFailure,
            MayEndOnFailure = MayEndOnFailure || other.MayEndOnFailure,
        };
    }

    /// <summary>The shell that a program is which this one starts.</summary>
    public ShellState Child(bool keepsEnvironment) => new(
        new ShellKnowledge
        {
            Variables = keepsEnvironment
                ? Knowledge.Variables.Where(pair => Exported.Contains(pair.Key) && pair.Value is VariableValue.Text).ToImmutableDictionary()
                : ImmutableDictionary<string, VariableValue>.Empty,
        },
        Directory)
    {
        Exported = keepsEnvironment ? Exported : [],
        MayHaveEnded = MayHaveEnded,
        Functions = ExportsFunctions ? Functions : ImmutableDictionary<string, Command?>.Empty,
    };

    private static ImmutableDictionary<string, Command?> MergeFunctions(
        ImmutableDictionary<string, Command?> left, ImmutableDictionary<string, Command?> right)
    {
        if (ReferenceEquals(left, right))
        {
            return left;
        }

        return left.Keys.Union(right.Keys, StringComparer.Ordinal).ToImmutableDictionary(
            static name => name,
            name => left.TryGetValue(name, out var one) && right.TryGetValue(name, out var other) && ReferenceEquals(one, other) ? one : null);
    }
}

/// <summary>The shell after a command, by how that ended. A side that cannot be is null.</summary>
/// <remarks>Ends: the command may end the shell, function or round of a loop.</remarks>
internal readonly record struct Flow(ShellState? Success, ShellState? Failure, bool Ends = false)
{
    public static Flow Both(ShellState state) => new(state, state);

    public static Flow Ended { get; } = new(null, null, Ends: true);

    /// <summary>Whatever the outcome. What stands where nothing can come to is looked at as if it could.</summary>
    public ShellState After(ShellState before)
    {
        var state = Join(Success, Failure) ?? before;
        return Ends && !state.MayHaveEnded ? state with { MayHaveEnded = true } : state;
    }

    public static ShellState? Join(ShellState? left, ShellState? right) =>
        left is null ? right : right is null ? left : left.Merge(right);
}
