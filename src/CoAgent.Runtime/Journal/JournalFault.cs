using System.Globalization;
using System.Reflection;
using CoAgent.Runtime.Journal.Codec;
using CoAgent.Runtime.Tools;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CoAgent.Runtime.Journal;

/// <summary>What can be wrong with a journal, in words that say what to do.</summary>
internal static class JournalFault
{
    private const string PutAside =
        "Put the journal aside (move the file and those beside it that begin with its name), look into the disk, and start "
        + "again: the workspace begins anew.";

    /// <summary>The name of this program, as a journal keeps it.</summary>
    public static string ThisProgram { get; } = "CoAgent "
        + typeof(JournalFault).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static JournalException UnknownVersion(long number, int version, int latest, string? writer) => new(
        Invariant($"Entry {number} of the journal is of version {version}; {ThisProgram} reads versions 1 to {latest}. ")
        + $"Go on with {writer ?? "the program that wrote it"}, or a later one.");

    public static JournalException UnknownKind(long number, int kind, string? writer) => new(
        Invariant($"Entry {number} of the journal is of kind {kind}, which {ThisProgram} does not know. ")
        + $"Go on with {writer ?? "the program that wrote it"}, or a later one.");

    public static JournalException Damaged(long number, DamageException damage) => new(
        Invariant($"Entry {number} of the journal is damaged: {damage.Message}. ") + PutAside,
        damage);

    public static JournalException UnknownTables(string path, long version, int latest, string? writer) => new(
        Invariant($"The journal {path} is of version {version}; {ThisProgram} reads version {latest}. ")
        + $"Go on with {writer ?? "the program that wrote it"}, or a later one.");

    public static JournalException Missing(string path) => new(
        $"There is no journal {path}. Nothing has been coordinated in this workspace yet, or the journal lies elsewhere: look at "
        + "\"journal\" in the configuration.");

    public static JournalException BegunAnew(string path) => new(
        $"The journal {path} has begun anew, or what was read last is no longer kept. Start again.");

    public static JournalException Foreign(string path) => new(
        $"{path} is not a journal of CoAgent. Name another file under \"journal\" in the configuration, or move this one away.");

    public static JournalException Taken(string path, Exception cause) => new(
        $"The journal {path} is in use by another program. Stop the daemon that has it (\"coagent stop\"), or name another file.",
        cause);

    public static JournalException NotAccessible(string path, Exception cause) => new(
        $"The journal {path} cannot be opened ({cause.Message}). See to it that the directory and the file can be written, "
        + "or name another file under \"journal\" in the configuration.",
        cause);

    /// <summary>A call names contents that nobody gave: the call could not be taken back, so that it must not be made.</summary>
    public static JournalException ContentMissing(ContentId id) => new(
        $"A capture names the content {id}, which the journal does not have. This is a fault of CoAgent; nothing was executed.");

    public static JournalException TooLarge(long bytes, long max) => new(
        Invariant($"An entry or a content of {bytes} bytes is too large for the journal, which takes {max} in one piece."));

    /// <summary>Reading or writing failed.</summary>
    public static JournalException Of(string path, Exception cause) => cause switch
    {
        JournalException fault => fault,
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => new(
            $"The disk of the journal {path} is full. Free some space and start again: all that was acknowledged is kept.", cause),
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => new(
            $"The journal {path} is locked by another program. Close what has it open, and start again.", cause),
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } => new(
            $"The journal {path} is damaged ({cause.Message}). {PutAside}", cause),
        SqliteException { SqliteErrorCode: raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM } =>
            NotAccessible(path, cause),
        UnauthorizedAccessException => NotAccessible(path, cause),
        _ => new(
            $"The journal {path} cannot be read or written any more ({cause.Message}). Look into the disk and start again: all "
            + "that was acknowledged is kept.",
            cause),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
