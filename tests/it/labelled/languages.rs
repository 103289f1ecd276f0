//! What mails of a language are made of.

/// A language, or a country where the language is not enough.
pub struct Language {
    /// As file names have it.
    pub code: &'static str,
    /// First and last words of a letter.
    pub greeting: &'static str,
    pub closing: &'static str,
    /// People.
    pub names: &'static [&'static str],
    /// Numbers that people of this country have: the detector, a sentence about one, and the heading of a column.
    pub numbers: &'static [(&'static str, &'static str, &'static str)],
    /// Telephone: the word, and a number (`#` is a digit).
    pub phone: (&'static str, &'static str),
    /// Words of an invoice: invoice number, order number, customer number, total, VAT number (with `#`), parcel.
    pub invoice: [&'static str; 6],
    /// Headings: name, number of the employee, since when.
    pub staff: [&'static str; 3],
    /// A sentence without any number.
    pub chatter: &'static str,
}

#[rustfmt::skip]
pub const LANGUAGES: &[Language] = &[
    Language {
        code: "de", greeting: "Sehr geehrte Damen und Herren,", closing: "Mit freundlichen Grüßen",
        names: &["Anna Berg", "Jörg Maier", "Petra Schulz", "Uwe König"],
        numbers: &[
            ("steuer_id", "meine Steuer-ID lautet {}.", "Steuer-ID"),
            ("krankenversichertennummer", "die Krankenversichertennummer ist {}.", "Versichertennummer"),
            ("iban", "bitte überweisen Sie auf {}.", "IBAN"),
            ("ahv", "meine AHV-Nummer ist {}.", "AHV-Nr."),
            ("payment_card", "belasten Sie bitte meine Kreditkarte {}.", "Kreditkarte"),
        ],
        phone: ("Telefon", "+49 30 #######"),
        invoice: ["Rechnungsnummer", "Bestellnummer", "Kundennummer", "Gesamtbetrag", "USt-IdNr. DE#########", "Sendungsnummer"],
        staff: ["Name", "Personalnummer", "Eintritt"],
        chatter: "Anbei die Unterlagen zu unserem Gespräch; melden Sie sich gern, wenn etwas fehlt.",
    },
    Language {
        code: "nl", greeting: "Geachte heer, mevrouw,", closing: "Met vriendelijke groet",
        names: &["Sanne de Vries", "Pieter Jansen", "Els Bakker", "Kees Mulder"],
        numbers: &[
            ("bsn", "mijn burgerservicenummer is {}.", "BSN"),
            ("iban", "het bedrag kan naar {}.", "Rekeningnummer"),
            ("nrn", "het rijksregisternummer is {}.", "Rijksregisternummer"),
            ("payment_card", "de creditcard is {}.", "Creditcard"),
        ],
        phone: ("Telefoon", "020 ### ## ##"),
        invoice: ["Factuurnummer", "Ordernummer", "Klantnummer", "Totaal", "BTW-nummer NL#########B01", "Pakket"],
        staff: ["Naam", "Personeelsnummer", "In dienst"],
        chatter: "Hierbij de stukken voor de vergadering van volgende week.",
    },
    Language {
        code: "fr", greeting: "Madame, Monsieur,", closing: "Cordialement",
        names: &["Claire Dubois", "Jean Moreau", "Amélie Laurent", "Luc Petit"],
        numbers: &[
            ("nir", "mon numéro de sécurité sociale est le {}.", "N° de sécurité sociale"),
            ("iban", "le virement se fait sur {}.", "IBAN"),
            ("payment_card", "le numéro de ma carte bancaire est {}.", "Carte bancaire"),
        ],
        phone: ("Tél.", "01 ## ## ## ##"),
        invoice: ["Facture n°", "Commande n°", "Client n°", "Total", "TVA FR###########", "Colis"],
        staff: ["Nom", "Matricule", "Depuis"],
        chatter: "Veuillez trouver ci-joint le compte rendu de notre réunion.",
    },
    Language {
        code: "es", greeting: "Estimados señores:", closing: "Un cordial saludo",
        names: &["Marta García", "José Ruiz", "Lucía Pérez", "Iván Torres"],
        numbers: &[
            ("dni", "mi DNI es el {}.", "DNI"),
            ("nie", "el NIE de la solicitante es {}.", "NIE"),
            ("iban", "el ingreso se hace en {}.", "Cuenta"),
            ("payment_card", "la tarjeta de crédito es {}.", "Tarjeta"),
        ],
        phone: ("Teléfono", "+34 6## ### ###"),
        invoice: ["Factura", "Pedido", "Cliente", "Total", "CIF B########", "Envío"],
        staff: ["Nombre", "Empleado", "Desde"],
        chatter: "Le envío la documentación que comentamos ayer.",
    },
    Language {
        code: "it", greeting: "Gentili signori,", closing: "Cordiali saluti",
        names: &["Giulia Rossi", "Marco Bianchi", "Elena Greco", "Paolo Conti"],
        numbers: &[
            ("codice_fiscale", "il mio codice fiscale è {}.", "Codice fiscale"),
            ("iban", "il bonifico va su {}.", "IBAN"),
            ("payment_card", "la carta di credito è {}.", "Carta di credito"),
        ],
        phone: ("Telefono", "+39 06 ########"),
        invoice: ["Fattura", "Ordine", "Cliente", "Totale", "P. IVA ###########", "Spedizione"],
        staff: ["Nome", "Matricola", "Dal"],
        chatter: "In allegato trovate il verbale della riunione.",
    },
    Language {
        code: "pl", greeting: "Szanowni Państwo,", closing: "Z poważaniem",
        names: &["Anna Nowak", "Piotr Wójcik", "Ewa Kowalska", "Jan Zieliński"],
        numbers: &[
            ("pesel", "mój numer PESEL to {}.", "PESEL"),
            ("iban", "proszę o przelew na konto {}.", "Konto"),
            ("payment_card", "numer karty kredytowej to {}.", "Karta płatnicza"),
        ],
        phone: ("Telefon", "+48 ### ### ###"),
        invoice: ["Faktura nr", "Zamówienie nr", "Klient nr", "Razem", "NIP ###-###-##-##", "Przesyłka"],
        staff: ["Nazwisko", "Nr kadrowy", "Od"],
        chatter: "W załączeniu przesyłam notatkę ze spotkania.",
    },
    Language {
        code: "sv", greeting: "Hej,", closing: "Med vänlig hälsning",
        names: &["Karin Åberg", "Lars Nyström", "Eva Lund", "Nils Ek"],
        numbers: &[
            ("personnummer", "mitt personnummer är {}.", "Personnummer"),
            ("samordningsnummer", "samordningsnumret är {}.", "Samordningsnummer"),
            ("iban", "betala till {}.", "IBAN"),
        ],
        phone: ("Telefon", "+46 70 ### ## ##"),
        invoice: ["Fakturanummer", "Ordernummer", "Kundnummer", "Summa", "Momsnr SE##########01", "Kolli-id"],
        staff: ["Namn", "Anställningsnr", "Sedan"],
        chatter: "Här kommer underlaget inför mötet på torsdag.",
    },
    Language {
        code: "no", greeting: "Hei,", closing: "Vennlig hilsen",
        names: &["Ingrid Bakke", "Ola Moen", "Kari Lie", "Per Haug"],
        numbers: &[
            ("fodselsnummer", "fødselsnummeret mitt er {}.", "Fødselsnr"),
            ("payment_card", "kredittkortet er {}.", "Kredittkort"),
        ],
        phone: ("Telefon", "+47 ## ## ## ##"),
        invoice: ["Fakturanummer", "Ordrenummer", "Kundenummer", "Sum", "MVA NO#########MVA", "Sporing"],
        staff: ["Navn", "Ansattnr", "Siden"],
        chatter: "Vedlagt er referatet fra møtet.",
    },
    Language {
        code: "da", greeting: "Kære alle,", closing: "Venlig hilsen",
        names: &["Mette Holm", "Søren Dahl", "Lone Krogh", "Bo Juhl"],
        numbers: &[("cpr", "mit cpr-nummer er {}.", "CPR-nr."), ("payment_card", "kreditkortet er {}.", "Kreditkort")],
        phone: ("Tlf.", "+45 ## ## ## ##"),
        invoice: ["Fakturanr.", "Ordrenr.", "Kundenr.", "I alt", "CVR-nr. ########", "Pakke"],
        staff: ["Navn", "Medarbejder", "Siden"],
        chatter: "Vedhæftet er materialet til mødet.",
    },
    Language {
        code: "fi", greeting: "Hei,", closing: "Ystävällisin terveisin",
        names: &["Aino Virtanen", "Mikko Laine", "Liisa Niemi", "Timo Koski"],
        numbers: &[("hetu", "henkilötunnukseni on {}.", "Henkilötunnus")],
        phone: ("Puh.", "+358 40 ### ####"),
        invoice: ["Laskun numero", "Tilausnumero", "Asiakasnumero", "Yhteensä", "ALV FI########", "Lähetys"],
        staff: ["Nimi", "Työntekijä", "Alkaen"],
        chatter: "Liitteenä kokouksen muistio.",
    },
    Language {
        code: "en", greeting: "Dear colleagues,", closing: "Kind regards",
        names: &["Jane Porter", "Tom Ellis", "Priya Nair", "Sam O'Hara"],
        numbers: &[
            ("nhs_number", "the patient's NHS number is {}.", "NHS No"),
            ("nino", "my National Insurance number is {}.", "NI number"),
            ("ssn", "my social security number is {}.", "SSN"),
            ("imei", "the IMEI of the lost handset is {}.", "IMEI"),
            ("payment_card", "please charge my credit card {}.", "Card number"),
            ("api_token", "the token for the interface is {}", "API key"),
            ("password", "the password: {}", "Login"),
        ],
        phone: ("Phone", "+44 20 #### ####"),
        invoice: ["Invoice no", "Order no", "Customer no", "Total", "VAT GB#########", "Tracking"],
        staff: ["Name", "Staff no", "Since"],
        chatter: "Please find attached the minutes of our meeting.",
    },
];
