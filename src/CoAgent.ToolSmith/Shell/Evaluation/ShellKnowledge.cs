using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Shell.Evaluation;

/// <summary>What is known of a shell at one moment.</summary>
/// <remarks>Two paths to one place are merged: what they disagree about is unknown.</remarks>
internal sealed record ShellKnowledge
{
    /// <summary>The longest value that is followed, in UTF-16 code units: <c>a=$a$a</c> doubles.</summary>
    internal const int ValueLengthMax = 32 * 1024;

    private static readonly VariableValue s_unknown = new VariableValue.Unknown();

    /// <summary>Variables by name. A caller whose environment has CDPATH must name it here.</summary>
    public ImmutableDictionary<string, VariableValue> Variables { get; init; } = ImmutableDictionary<string, VariableValue>.Empty;

    /// <summary>Names that an attribute or the shell itself gives another meaning: assigning to them tells nothing.</summary>
    public ImmutableHashSet<string> Peculiar { get; init; } = [];

    /// <summary>Words are split at blanks and newlines, as when a shell starts.</summary>
    public bool SplitsByDefault { get; init; } = true;

    /// <summary>Patterns mean what they mean when a shell starts.</summary>
    public bool GlobsByDefault { get; init; } = true;

    /// <summary>The directory that <c>~</c> is; null: not known.</summary>
    public string? Home => Of("HOME") is VariableValue.Text { Value: ['/', ..] home } ? home : null;

    public VariableValue Of(string name) => Variables.GetValueOrDefault(name, s_unknown);

    /// <summary>After an assignment.</summary>
    public ShellKnowledge With(string name, VariableValue value)
    {
        if (name is "IFS")
        {
            return this with { SplitsByDefault = value is VariableValue.Text { Value: " \t\n" } };
        }

        if (name is "GLOBIGNORE" or "POSIXLY_CORRECT" or "BASHOPTS" or "SHELLOPTS")
        {
            return this with { GlobsByDefault = false };
        }

        var isFollowed = !Peculiar.Contains(name) && !HasMeaningToBash(name)
            && !(value is VariableValue.Text { Value.Length: > ValueLengthMax } or VariableValue.Elements { Values.Length: > 256 });
        return this with { Variables = isFollowed ? Variables.SetItem(name, value) : Variables.Remove(name) };
    }

    public ShellKnowledge Forget(string name) => name switch
    {
        "IFS" => this with { SplitsByDefault = false },
        "GLOBIGNORE" or "POSIXLY_CORRECT" => this with { GlobsByDefault = false },
        _ => Variables.ContainsKey(name) ? this with { Variables = Variables.Remove(name) } : this,
    };

    public ShellKnowledge ForgetAll() => this with { Variables = Variables.Clear(), SplitsByDefault = false, GlobsByDefault = false };

    /// <summary>The name is no plain variable from here on.</summary>
    public ShellKnowledge MakePeculiar(string name) => Forget(name) with { Peculiar = Peculiar.Add(name) };

    public ShellKnowledge Merge(ShellKnowledge other)
    {
        if (ReferenceEquals(this, other))
        {
            return this;
        }

        var variables = Variables;
        if (!ReferenceEquals(variables, other.Variables))
        {
            variables = variables.RemoveRange(variables.Where(pair => !AreSame(pair.Value, other.Of(pair.Key))).Select(static pair => pair.Key));
        }

        return new ShellKnowledge
        {
            Variables = variables,
            Peculiar = Peculiar.Union(other.Peculiar),
            SplitsByDefault = SplitsByDefault && other.SplitsByDefault,
            GlobsByDefault = GlobsByDefault && other.GlobsByDefault,
        };
    }

    private static bool AreSame(VariableValue left, VariableValue right) => (left, right) switch
    {
        (VariableValue.Elements one, VariableValue.Elements two) => one.Values.SequenceEqual(two.Values),
        _ => left == right,
    };

    /// <summary>Variables that bash sets itself, or that cannot be set.</summary>
    private static bool HasMeaningToBash(string name) =>
        name is "_" or "RANDOM" or "SRANDOM" or "SECONDS" or "LINENO" or "HISTCMD" or "DIRSTACK" or "FUNCNAME" or "GROUPS" or "PIPESTATUS"
            or "UID" or "EUID" or "PPID" or "PWD" or "OLDPWD" or "OPTIND" or "OPTARG" or "REPLY"
        || name.StartsWith("BASH", StringComparison.Ordinal) || name.StartsWith("EPOCH", StringComparison.Ordinal)
        || name.StartsWith("COMP_", StringComparison.Ordinal);
}
