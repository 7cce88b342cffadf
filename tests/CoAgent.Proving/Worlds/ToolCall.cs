namespace CoAgent.Proving.Worlds;

/// <summary>What a call does.</summary>
internal enum Verb
{
    /// <summary>Says what an object holds.</summary>
    Read,

    /// <summary>Says which objects a directory holds.</summary>
    List,

    /// <summary>Gives an object a content, whatever it held: a blind write.</summary>
    Set,

    /// <summary>Gives two objects a content, whatever they held: a blind write.</summary>
    Pair,

    /// <summary>Removes an object, whether or not it is there: a blind write.</summary>
    Delete,

    /// <summary>Adds to what an object holds.</summary>
    Append,

    /// <summary>Replaces one text in an object by another; fails when the text is not there.</summary>
    Edit,

    /// <summary>An edit that leaves a mark behind when it fails.</summary>
    Half,

    /// <summary>Gives an object what another one holds; fails when that is not there.</summary>
    Copy,

    /// <summary>Renames an object; fails when it is not there or the new name is taken.</summary>
    Move,

    /// <summary>Sends a text: it cannot be taken back.</summary>
    Send,

    /// <summary>Sends what an object holds: it cannot be taken back.</summary>
    Mail,

    /// <summary>Not a call: takes back what an earlier step did.</summary>
    Undo,

    /// <summary>Not a call: takes back the whole transaction and ends it.</summary>
    Abort,
}

/// <summary>What a tool says.</summary>
/// <param name="Text">The words.</param>
/// <param name="IsError">Whether they say that it failed.</param>
internal readonly record struct ToolAnswer(string Text, bool IsError = false);

/// <summary>One call with all its arguments.</summary>
/// <param name="Verb">What it does.</param>
/// <param name="Target">The object that it is about.</param>
/// <param name="Source">The other object of a pair, a copy or a move.</param>
/// <param name="Directory">The directory of a listing.</param>
/// <param name="Text">The text to write, send or look for.</param>
/// <param name="With">The text that an edit puts in.</param>
/// <param name="IsTelling">Whether a write answers with what the object then holds.</param>
internal sealed record ToolCall(
    Verb Verb, Place? Target, Place? Source, string Directory, string Text, string With, bool IsTelling)
{
    /// <summary>What a tool says that failed for a reason of its own.</summary>
    public static ToolAnswer Fault { get; } = new("fault", IsError: true);

    /// <summary>Carries the call out.</summary>
    public ToolAnswer Run(string?[] contents) => Verb switch
    {
        Verb.Read => new ToolAnswer(contents[Target!.Index] ?? "-"),
        Verb.List => new ToolAnswer(List(contents)),
        Verb.Set => Put(contents, Text),
        Verb.Pair => PutBoth(contents),
        Verb.Delete => Put(contents, null),
        Verb.Append => Put(contents, contents[Target!.Index] + Text),
        Verb.Edit or Verb.Half => Edit(contents),
        Verb.Copy => contents[Source!.Index] is { } copied ? Put(contents, copied) : new ToolAnswer("absent", IsError: true),
        Verb.Move => Move(contents),
        Verb.Send => Put(contents, $"{contents[Target!.Index]}{Text};"),
        Verb.Mail => Put(contents, $"{contents[Target!.Index]}{contents[Source!.Index] ?? "-"};"),
        _ => throw new InvalidOperationException($"{Verb} is not a call."),
    };

    /// <summary>Does what a call does that fails halfway.</summary>
    public ToolAnswer RunHalf(string?[] contents)
    {
        if (contents[Target!.Index] is { } held)
        {
            contents[Target.Index] = held + "%";
        }

        return Fault;
    }

    private string List(string?[] contents)
    {
        var names = Place.All.Where(place => place.Directory == Directory && contents[place.Index] is not null);
        return string.Join(",", names.Select(place => place.ShortName));
    }

    private ToolAnswer Put(string?[] contents, string? text)
    {
        contents[Target!.Index] = text;
        return new ToolAnswer(IsTelling ? text ?? "-" : "ok");
    }

    private ToolAnswer PutBoth(string?[] contents)
    {
        contents[Source!.Index] = Text;
        return Put(contents, Text);
    }

    private ToolAnswer Edit(string?[] contents)
    {
        var held = contents[Target!.Index];
        var at = held?.IndexOf(Text, StringComparison.Ordinal) ?? -1;
        if (at >= 0)
        {
            return Put(contents, string.Concat(held.AsSpan(0, at), With, held.AsSpan(at + Text.Length)));
        }

        if (Verb == Verb.Half && held is not null)
        {
            contents[Target.Index] = held + "%";
        }

        return new ToolAnswer("no match", IsError: true);
    }

    private ToolAnswer Move(string?[] contents)
    {
        if (contents[Source!.Index] is not { } moved)
        {
            return new ToolAnswer("absent", IsError: true);
        }

        if (contents[Target!.Index] is not null)
        {
            return new ToolAnswer("taken", IsError: true);
        }

        contents[Source.Index] = null;
        return Put(contents, moved);
    }
}
