using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Notices;

/// <summary>One notice in words: a fact, with what it takes to judge it.</summary>
internal static class NoticeWords
{
    /// <summary>The notice with its quotes; ends with a line end.</summary>
    /// <param name="told">The notice.</param>
    /// <param name="linesMax">The most lines of one quote.</param>
    public static string Whole(ToldNotice told, int linesMax)
    {
        var words = new StringBuilder(Headline(told)).Append('\n');
        foreach (var entry in told.Entries.Take(NoticeLimits.CallsMax))
        {
            if (told.Entries.Length > 1)
            {
                words.Append($"  {Name(entry)}:\n");
            }

            words.Append(Difference(entry, told.Notice.Kind, linesMax));
        }

        return words.Append(Further(told)).ToString();
    }

    /// <summary>The notice without its quotes; ends with a line end.</summary>
    public static string Short(ToldNotice told) => $"{Headline(told)}\n{Further(told)}";

    /// <summary>What a call returned and returns, each line quoted; ends with a line end, or is empty.</summary>
    public static string Difference(ToldEntry entry, NoticeKind kind, int linesMax) => (entry.Was, entry.Now) switch
    {
        (_, null) when kind is NoticeKind.Stale =>
            "  What it would return now cannot be shown here: the same call, made again, returns it.\n",
        (_, null) when kind is NoticeKind.Result => "  What it answered now is not known.\n",
        (_, null) => "",
        ({ } was, { } now) when kind is not NoticeKind.Displaced => Difference(was, now, linesMax),
        (_, { } now) => $"  {(kind is NoticeKind.Displaced ? "It failed with" : "It returns now")}{Failure(kind, now)}:\n{Quote.Of(ResultText.Of(now), linesMax)}",
    };

    /// <summary>Several things in one line, the rest counted.</summary>
    public static string List(IReadOnlyCollection<string> all, int max) =>
        string.Join(", ", all.Take(max)) + (all.Count > max ? $" and {all.Count - max} more" : "");

    /// <summary>A call with its name, as its agent knows it.</summary>
    public static string Name(NamedCall call) => $"{call.Id} {CallText.Of(call.Request)}";

    /// <summary>A call with its name, as its agent knows it.</summary>
    public static string Name(ToldEntry entry) => entry.Call is { } call ? Name(call) : $"{entry.Id}";

    private static string Headline(ToldNotice told)
    {
        var notice = told.Notice;
        var calls = List([.. told.Entries.Select(Name)], NoticeLimits.CallsMax);
        var yours = told.Entries.Length == 1 ? $"your call {calls}" : $"your calls {calls}";
        var isKnown = told.Entries.Any(static entry => entry.Now is not null);
        var returns = !isKnown ? "may return" : told.Entries.Length == 1 ? "returns" : "return";
        var again = notice.IsAskedAgain ? "asked once more, because a call that you keep still contains the old value: " : "";
        var what = notice.Kind switch
        {
            NoticeKind.Stale => $"{yours} {returns} something else now at your place in the order{Cause(told)}",
            NoticeKind.Result when IsOwnFate(told) => $"{yours}: its outcome is there now",
            NoticeKind.Result => $"{yours} had to be made anew by the runtime{Cause(told)}; the answer is another one now",
            NoticeKind.Displaced => $"{yours} could not be made anew{Cause(told)}: its effect is out",
            NoticeKind.Reverted when IsOwnFate(told) => $"{yours} did not happen or was taken back: its effect is not there",
            NoticeKind.Reverted => $"{yours} was taken back{Cause(told)}: its effect is not there",
            NoticeKind.Outside => $"somebody outside CoAgent changed what {yours} had written; that was not overwritten, "
                + "and no call may touch it until the operator releases it",
            NoticeKind.Overflow when notice.Cause.IsPowerLoss => "the machine lost power, and what you read in the last moments before may "
                + "be forgotten: of that you are not told what changes. Read again what you rely on; whatever you read before may be stale",
            NoticeKind.Overflow => $"more has changed than is told one by one{Cause(told)}: whatever you read before may be stale",
            _ => throw new InvalidOperationException($"No notice is of the kind {notice.Kind}."),
        };
        return $"{notice.Id}: {again}{what}.{About(told)}";
    }

    /// <summary>Whether the notice tells how the call itself ended, not what another one did to it.</summary>
    private static bool IsOwnFate(ToldNotice told) =>
        told.Notice.Cause.Call is { } cause && told.Entries.Any(entry => entry.Id == cause);

    private static string Cause(ToldNotice told)
    {
        var cause = told.Notice.Cause;
        var rank = cause.Rank is { } of ? $" (rank {of})" : "";
        return (told.Cause, cause.Call) switch
        {
            ({ } call, _) => $", because of {Name(call)} of agent {call.Agent}{rank}",
            (null, { } id) => $", because of {id}{rank}",
            (null, null) => ", because of a change from outside or from before you came back",
        };
    }

    /// <summary>The objects that a notice is about.</summary>
    public static ImmutableArray<ObjectPattern> ObjectsOf(ToldNotice told) => told.Notice.About is { } about
        ? [about]
        : [.. told.Entries.SelectMany(static entry => entry.Objects).Distinct()];

    private static string About(ToldNotice told)
    {
        var objects = ObjectsOf(told);
        return objects.IsEmpty ? "" : $" Objects: {List([.. objects.Select(Name)], NoticeLimits.ObjectsMax)}.";
    }

    private static string Name(ObjectPattern pattern) => PlainText.OneLine($"{pattern}", NoticeLimits.ObjectCharsMax);

    private static string Difference(ToolResult was, ToolResult now, int linesMax)
    {
        var failure = (was.Kind == ToolResultKind.Answer, now.Kind == ToolResultKind.Answer) switch
        {
            (true, false) => "  It fails now.\n",
            (false, true) => "  It succeeds now.\n",
            _ => "",
        };
        var diff = TextDiff.Lines(ResultText.Of(was), ResultText.Of(now));
        return failure + (diff.Count == 0 ? "  Its text is the same; what is not text differs.\n" : Quote.Of(diff, linesMax));
    }

    private static string Failure(NoticeKind kind, ToolResult now) =>
        kind is not NoticeKind.Displaced && now.Kind != ToolResultKind.Answer ? " (a failure)" : "";

    private static string Further(ToldNotice told)
    {
        var words = told.Entries.Length > NoticeLimits.CallsMax
            ? $"  {told.Entries.Length - NoticeLimits.CallsMax} more of your calls are concerned.\n"
            : "";
        return told.Candidates.IsEmpty
            ? words
            : $"{words}  Your later writes: {List([.. told.Candidates.Select(Name)], NoticeLimits.CallsMax)}.\n";
    }
}
