using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;

namespace CoAgent.Trials.Differential;

/// <summary>What a step of a random program does.</summary>
internal enum Verb
{
    Read,
    List,
    Find,
    Search,
    Write,
    Edit,
    Move,
    Copy,
    Remove,
    RemoveAll,
    MakeDirectory,
    Bash,
    Undo,
    Abort,
}

/// <summary>One step of a random program.</summary>
/// <param name="Verb">What it does.</param>
/// <param name="Name">The file, folder or command that it is about.</param>
/// <param name="Other">A second file, or what it writes.</param>
internal sealed record RandomStep(Verb Verb, string Name, string Other)
{
    private const int EchoMax = 12;

    /// <summary>Whether what it writes holds the end of the last answer.</summary>
    public bool Echoes { get; init; }

    /// <summary>It is made only when the last answer holds this text; null: always.</summary>
    public string? OnlyIf { get; init; }

    /// <summary>The step that an undo takes back, counted from 0.</summary>
    public int Undone { get; init; } = -1;

    /// <summary>Whether a later step takes it back.</summary>
    public bool IsUndoneLater { get; init; }

    /// <summary>Whether the step is made after that answer.</summary>
    public bool IsMadeAfter(Heard heard) => OnlyIf is null || heard.Last.Contains(OnlyIf, StringComparison.Ordinal);

    /// <summary>The call of the step.</summary>
    public Move.Call Call(FileWords say, Heard heard)
    {
        var text = Echoes ? Other + Echo(heard.Last) : Other;
        var call = Verb switch
        {
            Verb.Read => say.Read(Name),
            Verb.List => say.List(Name),
            Verb.Find => say.Find(Name),
            Verb.Search => ((TreeWords)say).Search(Name),
            Verb.Write => say.Write(Name, text),
            Verb.Edit => say.Edit(Name, "0", text),
            Verb.Move => say.MoveTo(Name, Other),
            Verb.Copy => say.Fill(Name, Other),
            Verb.Remove => say.Remove(Name),
            Verb.RemoveAll => ((TreeWords)say).RemoveAll(Name),
            Verb.MakeDirectory => say.MakeDirectory(Name),
            Verb.Bash => ((TreeWords)say).Bash(Name),
            _ => throw new InvalidOperationException($"{Verb} is no call."),
        };
        return call with { IsWithdrawnLater = IsUndoneLater };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        (OnlyIf is null ? "" : $"?{OnlyIf} ") + (Verb == Verb.Undo ? $"undo {Undone}" : $"{Verb} {Name} {Other}".TrimEnd()) + (Echoes ? "$" : "");

    // Text that is safe in a file that other steps search, and that shows what was read.
    internal static string Echo(string text) =>
        new([.. text.Where(char.IsAsciiLetterOrDigit).TakeLast(EchoMax)]);
}
