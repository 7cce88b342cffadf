using System.Collections.Immutable;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>Notices as fields: as much of them as an operator is shown of those that nobody came for.</summary>
internal static class NoticeFields
{
    public static void Write(FieldWriter to, ToldNotice told)
    {
        var notice = told.Notice;
        to.Number(notice.Id.Number);
        to.Choice(notice.Kind);
        to.Write(notice.Transaction);
        to.OptionalText(notice.About?.ToString());
        to.Write(notice.Entries, static (to, entry) =>
        {
            to.Write(entry.Call);
            to.WriteOptional(entry.Was);
            to.WriteOptional(entry.Now);
        });
        Write(to, notice.Cause);
        to.Bool(notice.IsAskedAgain);
        to.Write(told.Entries, static (to, entry) =>
        {
            to.WriteOptional(entry.Call);
            to.Write(entry.Id);
            to.Write(entry.Objects, static (to, pattern) => to.Text(pattern.ToString()));
        });
        to.WriteOptional(told.Cause);
        to.OptionalText(told.Reason);
    }

    public static ToldNotice Read(ref FieldReader from)
    {
        var notice = new Notice(
            new NoticeId(from.Number()),
            from.Choice<NoticeKind>(),
            from.Transaction(),
            from.Bool() ? ReadPattern(ref from) : null,
            from.Several(static (ref FieldReader from) => new NoticeEntry(from.Call(), from.OptionalDigest(), from.OptionalDigest())),
            ReadCause(ref from),
            Candidates: [],
            from.Bool());
        return new ToldNotice(notice, from.Several(ReadEntry), from.OptionalNamedCall(), Candidates: []) { Reason = from.OptionalText() };
    }

    private static void Write(FieldWriter to, NoticeCause cause)
    {
        to.OptionalNumber(cause.Call?.Number);
        to.OptionalNumber(cause.Rank?.Value);
        to.Bool(cause.IsPowerLoss);
    }

    private static NoticeCause ReadCause(ref FieldReader from) =>
        new(from.Bool() ? from.Call() : null, from.Bool() ? from.Rank() : null) { IsPowerLoss = from.Bool() };

    private static ToldEntry ReadEntry(ref FieldReader from) => new(from.OptionalNamedCall(), from.Call(), Was: null, Now: null)
    {
        Objects = from.Several(ReadPattern),
    };

    private static ObjectPattern ReadPattern(ref FieldReader from) =>
        ObjectPattern.TryParse(from.Text()) ?? throw new DamageException("an object has no such id");
}
