# Tratamiento: usted.
#
# Glossary, one word per thing:
# transfer: envío; link: enlace; password: contraseña; code: código; file: archivo; mail: correo; message: mensaje; mailbox: buzón
# sender: remitente; recipient: destinatario; operators: servicio técnico; receipt: justificante
# take back, withdraw: retirar; extend: prolongar; fetch, download: descargar; expire: caducar; delete: eliminar
# locked after wrong tries: bloqueado, desbloquear; lock a page: cerrar; approve, release: aprobar; drop: descartar; protected: protegido

### El bloque en el correo

block-title = { $count ->
    [one] { $count } archivo de { $sender } ({ $size })
   *[other] { $count } archivos de { $sender } ({ $size })
}
block-more = { $count ->
    [one] y { $count } archivo más
   *[other] y { $count } archivos más
}
block-view = { $count ->
    [one] Puede verlo aquí:
   *[other] Puede verlos aquí:
}
block-button = { $count ->
    [one] Ver el archivo
   *[other] Ver los { $count } archivos
}
block-button-leads = El botón lleva a
block-password-sms = Contraseña: enviada por SMS al número que termina en { $digits }.
block-password-sender = Contraseña: { $sender } se la dará en persona o por teléfono.
block-password-other = Contraseña: la recibirá { $way }.
way-separately = por separado
block-password-code = Código: lo recibirá por correo cuando abra el enlace.
block-password-quick = No se necesita contraseña en un dispositivo que usted haya configurado.
block-password-agreed = Contraseña: la que usted acordó con { $organisation }.
block-until = Disponible hasta el { $date }.
block-genuine = { $organisation } envía archivos de esta forma. No necesita ninguna cuenta y nadie le pedirá la contraseña de su buzón.
block-check = Cómo comprobar que este mensaje es auténtico

### Un correo cuyo texto también va protegido

sealed-title = { $count ->
    [0] Un mensaje de { $sender } ({ $address })
    [one] Un mensaje de { $sender } ({ $address }), con { $count } archivo
   *[other] Un mensaje de { $sender } ({ $address }), con { $count } archivos
}
sealed-read = Puede leerlo aquí:
sealed-button = Leer el mensaje
sealed-answer = Puede responder en la misma página; su respuesta también viaja protegida.
sealed-genuine = { $organisation } envía mensajes confidenciales de esta forma. No necesita ninguna cuenta y nadie le pedirá la contraseña de su buzón.
sealed-subject = Mensaje de { $organisation }
sealed-line = protegido desde aquí

### Páginas: marco

page-title = { $title } - { $organisation }
page-title-error = Error: { $title }
page-skip = Ir al contenido
page-language = Idioma
page-language-now = Idioma: { $name }
page-this-language = Español
footer-genuine = ¿Es auténtica esta página?
footer-accessibility = Accesibilidad
footer-privacy = Privacidad
footer-transfer = Envío { $id }

### Páginas: abrir

unlock-heading = Archivos de { $sender }
unlock-heading-message = Mensaje de { $sender }
unlock-sent = { $address }, enviado el { $date } a { $recipient }
unlock-password = Contraseña
unlock-hint-sms = Se envió por SMS al número que termina en { $digits }.
unlock-hint-sender = { $sender } se la dará en persona o por teléfono.
unlock-hint-other = La recibirá { $way }.
unlock-hint-agreed = Es la contraseña que usted acordó con { $organisation }.
unlock-no-password-needed = No se necesita contraseña.
unlock-remember = Recordar este navegador durante 30 días (no en un ordenador compartido)
# Instead of the field for the password.
unlock-remembered = Este navegador está recordado. Aquí no necesita contraseña.
forget-browser = Olvidar este navegador
unlock-open = Abrir
unlock-missing = ¿No tiene la contraseña?
unlock-missing-text = Puede tardar unos minutos en llegar. Si no llega nada, responda al correo y pregunte a { $sender }.
unlock-until = Disponible hasta el { $date }
ask-password = Pedir la contraseña a { $sender }
ask-unlock = Pedir a { $sender } que desbloquee la página
asked = Se ha preguntado a { $sender }: { $time }.
unlock-phone = Abrir en el teléfono
unlock-phone-text = Apunte con la cámara de su teléfono a este código. Solo contiene el enlace: el teléfono también pedirá la contraseña.
unlock-phone-code = Código QR con la dirección de esta página
terms-heading = Condiciones de uso
terms-agree = Acepto las condiciones de uso
terms-read = leerlas
terms-missing = Acepte primero las condiciones de uso.
unlock-empty = Introduzca la contraseña.
wrong-password = { $tries ->
    [0] Esa contraseña no es correcta.
    [one] Esa contraseña no es correcta. Queda { $tries } intento, después una pausa de una hora.
   *[other] Esa contraseña no es correcta. Quedan { $tries } intentos, después una pausa de una hora.
}
wrong-password-hint = Las mayúsculas, los espacios y los guiones no importan.
paused = Demasiados intentos. El próximo será posible a las { $time }.
locked = Bloqueado tras demasiadas contraseñas incorrectas. Los archivos están a salvo. Responda al correo y pida a { $sender } que los desbloquee.

### Páginas: un código por correo en lugar de una contraseña

code-why = Para abrir esta página necesita un código. Se envía a { $recipient }, el buzón que recibió el enlace.
code-send = Enviarme un código
code-label = Código
code-hint = Se ha enviado a { $recipient } un correo con un código de seis cifras. El código es válido hasta las { $time }.
code-missing = ¿No tiene el código?
code-missing-text = Puede tardar unos minutos en llegar; mire también en el correo no deseado. Si no llega nada, responda al correo con el enlace y pregunte a { $sender }.
code-again = Enviar otro código
code-empty = Introduzca el código.
code-over = Ya no hay ningún código válido. Pida uno nuevo.
wrong-code = { $tries ->
    [0] Ese código no es correcto.
    [one] Ese código no es correcto. Queda { $tries } intento, después una pausa de una hora.
   *[other] Ese código no es correcto. Quedan { $tries } intentos, después una pausa de una hora.
}
code-limit = De momento ya se han enviado suficientes códigos. El próximo se podrá enviar a partir de: { $time }.
code-not-sent = No se ha podido enviar el código en este momento. Vuelva a intentarlo dentro de unos minutos.
code-refused = No se puede enviar ningún código a { $recipient }. Responda al correo con el enlace y pregunte a { $sender }.
locked-codes = Bloqueado tras demasiados códigos incorrectos. Los archivos están a salvo. Responda al correo con el enlace y pida a { $sender } que los desbloquee.

### Páginas: un correo que espera

approve-heading = Un correo espera su aprobación
approve-hidden = Aquí no se muestra lo que dice, ni el nombre de ningún archivo.
approve-release = Aprobar
approve-transfer = Aprobar con enlaces
approve-transfer-hint = Si lo aprueba con enlaces, sus archivos salen al menos detrás de un enlace.
approve-because = Por qué se descarta, para su remitente (opcional)
approve-drop = Descartar
withdraw-heading = Su correo espera aprobación
withdraw-text = No ha salido. Mientras nadie haya decidido, puede retirarlo: entonces no lo recibirá nadie.
withdraw-button = Retirar
decided-heading = Ya está decidido
# $who is an address, or the operators.
decided-released = El correo fue aprobado por { $who }: { $date }.
decided-dropped = El correo fue descartado por { $who }: { $date }. No ha salido ni saldrá.
decided-withdrawn = El correo fue retirado por { $who }: { $date }. No ha salido ni saldrá.
decided-over = Nadie decidió a tiempo. El correo fue descartado: { $date }.
# $approvers are addresses.
decided-asked = Se consultó a: { $approvers }.

### Páginas: aquí no hay nada, algo va mal

gone-heading = Estos archivos ya no están aquí
gone-text = Puede que hayan caducado o que se hayan retirado. Si tiene el correo, respóndalo para contactar con el remitente.
session-heading = Vuelva a abrir el enlace
session-text = Esta página ha estado mucho tiempo abierta y se ha cerrado. Vuelva a abrir el enlace del correo.
busy-heading = Un momento, por favor
busy-text = Muchas personas están abriendo archivos ahora mismo. Vuelva a intentarlo dentro de un minuto.
missed-text = Desde su red se han abierto en poco tiempo muchos enlaces que no llevan a ninguna parte. Vuelva a intentarlo dentro de un minuto.
too-often = Demasiados intentos en poco tiempo. Espere un minuto y vuelva a intentarlo.
error-heading = No ha funcionado
error-text = Algo ha fallado aquí. No se ha perdido nada; vuelva a intentarlo dentro de unos minutos.
error-reference = Referencia para consultas: { $id }
not-found-heading = Esta página no existe
not-found-text = Compruebe que tiene el enlace completo del correo.

### Páginas: archivos

files-heading = Archivos de { $sender }
files-summary = { $count ->
    [one] { $count } archivo, { $size }.
   *[other] { $count } archivos, { $size }.
}
files-until = Disponible hasta el { $date } ({ $left }).
files-all = Descargar todo en ZIP, { $size }
files-download = Descargar
files-download-name = Descargar { $name }, { $size }
files-details = Detalles
files-type = Tipo
files-checksum = SHA-256
files-fetched = Descargado el { $date }
files-fetched-times = { $count ->
    [one] Descargado { $count } vez
   *[other] Descargado { $count } veces
}
files-left = { $count ->
    [one] Se puede descargar { $count } vez más
   *[other] Se puede descargar { $count } veces más
}
files-used-up = Ya se han hecho todas las descargas permitidas. Responda al correo para pedir más.
files-message = Mensaje
files-open-message = Abrir el mensaje
files-mail-only = Guarde el mensaje y ábralo en su programa de correo.
files-lock = Cerrar esta página
files-none = No hay archivos, solo un mensaje.
files-delete = Lo tengo todo, eliminarlo ya
delete-heading = ¿Eliminarlo ya?
delete-text = Después nadie podrá abrir su enlace, tampoco usted. Los demás destinatarios del mismo correo conservan el suyo. El remitente puede ver que lo ha eliminado.
delete-left = { $count ->
    [one] Aún no se ha descargado { $count } archivo.
   *[other] Aún no se han descargado { $count } archivos.
}
delete-now = Eliminar
delete-not = Volver, no eliminar nada
days-left = { $days ->
    [0] último día
    [one] queda { $days } día
   *[other] quedan { $days } días
}

### Páginas: mensaje

message-heading = Mensaje de { $sender }
message-back = Archivos
message-back-files = { $count ->
    [one] Archivos ({ $count })
   *[other] Archivos ({ $count })
}
message-print = Imprimir
message-save = Guardar como .eml
message-from = De
message-to = Para
message-date = Fecha
message-subject = Asunto
message-no-subject = (sin asunto)
message-pictures = Las imágenes de internet no se cargan.
message-no-text = Este mensaje no tiene texto que mostrar. Guárdelo y ábralo en su programa de correo.
message-too-large = Este mensaje es demasiado grande para mostrarlo aquí. Guárdelo y ábralo en su programa de correo.
message-cut = El mensaje es más largo de lo que esta página puede mostrar. Guárdelo para leerlo entero.
message-as-html = Mostrar con formato
message-as-text = Mostrar como texto sin formato

### Páginas: tipos de archivos, como se los llama

type-archive = Archivo comprimido
type-document = Documento de texto
type-file = Archivo
type-film = Vídeo
type-mail = Correo
type-pdf = Documento PDF
type-picture = Imagen
type-slides = Presentación
type-sound = Sonido
type-table = Hoja de cálculo
type-text = Texto

### Páginas: iguales para todos

bad-request-text = Su navegador ha enviado algo que no se ha podido entender. Vuelva a abrir el enlace del correo.
closed-heading = La página está cerrada
closed-text = Para volver a ver los archivos, abra el enlace del correo.
forgotten-heading = Este navegador ya no se recuerda
forgotten-text = La próxima vez se volverá a pedir la contraseña de todo lo que se abrió en este navegador.
home-heading = Archivos y mensajes de { $organisation }
home-text = Aquí no hay una lista de archivos. Abra el enlace del correo que ha recibido.
home-genuine = No necesita ninguna cuenta y nadie le pedirá la contraseña de su buzón.
home-send = Enviarnos archivos
deleted-heading = Eliminado
deleted-text = Su enlace ya no abre nada. Lo que ha descargado se queda con usted.
genuine-host = La dirección de estas páginas empieza por { $host }. Mírela en la barra de direcciones de su navegador antes de escribir una contraseña.
genuine-never = No necesita ninguna cuenta. Nadie le pedirá la contraseña de su buzón, ni dinero, ni que instale un programa.
genuine-check = Si duda de un correo, no lo responda. Llame al remitente a un número que ya conocía o entre por su cuenta en las páginas de { $organisation }.
accessibility-aim = Estas páginas están hechas para cumplir las Pautas de Accesibilidad para el Contenido Web (WCAG) 2.2, nivel AA, y la norma europea EN 301 549.
accessibility-how = Funcionan sin scripts, con el teclado, con lectores de pantalla y ampliadas al 400 %, en colores claros y oscuros. Las contraseñas se pueden pegar.
accessibility-problem = Si algo no le funciona, responda al correo que le ha traído aquí: { $organisation } le enviará los archivos de otra forma.
privacy-files = Los archivos se guardan cifrados. Solo se pueden abrir con el enlace del correo y, si se pide, con la contraseña. Después de la fecha indicada se eliminan.
privacy-cookie = Una cookie mantiene la página abierta después de abrirla con la contraseña. Se elimina cuando cierra la página o el navegador.
privacy-known = Una segunda cookie indica durante 30 días que este navegador ha abierto un enlace, para que las contraseñas incorrectas de otras personas no le impidan entrar. Solo si usted lo pide, abre también el enlace sin contraseña. Se elimina cuando elige «Olvidar este navegador».
privacy-quick = Si configura un dispositivo sin contraseña, una cookie propia guarda su clave. Guardamos con qué se reconoce, cuándo se configuró y cuándo se usó por última vez; todo termina cuando usted elimina el dispositivo, o cuando no se ha usado durante mucho tiempo y no queda nada de lo que se envió antes. Una página que solo se abre en dispositivos coloca esa cookie durante un día, para que se pueda introducir un código.
privacy-terms = Una tercera cookie recuerda durante 30 días que ha aceptado las condiciones de uso.
privacy-send = Si escribe a { $organisation } desde aquí, una cookie espera el código durante diez minutos y otra indica durante 30 días que su dirección se ha comprobado en este navegador. Se conserva 30 días más, para que quienes pidan códigos para su dirección no puedan impedirle el acceso. Se borra cuando elige «No soy yo». Las direcciones a las que ha escrito pueden guardarse para proponérselas; puede vaciar esa lista, y se borra si no la ha usado durante 30 días.
privacy-nothing = No hay ninguna otra cookie y no se mide nada.
privacy-log = { $organisation } registra cuándo se abren y se descargan los archivos, y desde qué dirección de internet, para protegerle a usted y al remitente. El remitente puede saber que los archivos se han descargado.
privacy-others = Estas páginas no cargan nada de nadie más, y nadie más sabrá que ha estado aquí.

### Avisos

# At most 160 characters of GSM 03.38 with ordinary names: ñ and é are in that alphabet; á, í, ó and ú are not.
sms = { $organisation }: contraseña de los archivos de { $sender }: { $password }. Se introduce en { $host }
password-mail-subject = { $count ->
    [one] Por favor, transmita una contraseña
   *[other] Por favor, transmita { $count } contraseñas
}
password-mail-intro = { $count ->
    [one] Su mensaje ha salido, protegido. Por favor, dé la contraseña a este destinatario en persona o por teléfono, no por correo:
   *[other] Su mensaje ha salido, protegido. Por favor, dé a cada destinatario su contraseña en persona o por teléfono, no por correo:
}
password-mail-until = Los archivos están disponibles hasta el { $date }.
password-mail-genuine = Los destinatarios ya tienen el enlace. Este correo es solo para usted.
code-mail-subject = Su código de { $organisation }
code-mail-text = Su código para abrir lo que le ha enviado { $sender }:
code-mail-until = Introdúzcalo en la página que lo pide, antes de las { $time }. Solo se puede usar una vez.
code-mail-genuine = ¿No ha pedido ningún código? Entonces no haga nada: sin él, la página sigue cerrada. No se lo dé a nadie; { $organisation } nunca lo pide por teléfono ni por correo.
notice-failed-subject = No se ha podido entregar una contraseña
notice-failed-text = No se ha podido entregar la contraseña para { $recipient }. Désela en persona o por teléfono, o vuelva a enviar el mensaje.

### Justificante para el remitente

receipt-subject = { $count ->
    [0] Enviado con protección: { $subject }
    [one] Enviado con { $count } archivo como enlace: { $subject }
   *[other] Enviado con { $count } archivos como enlaces: { $subject }
}
receipt-intro = { $count ->
    [0] Su mensaje «{ $subject }» ha salido. Su texto se ha sustituido por un enlace.
    [one] Su mensaje «{ $subject }» ha salido. Su archivo ({ $size }) se ha sustituido por un enlace.
   *[other] Su mensaje «{ $subject }» ha salido. Sus { $count } archivos ({ $size }) se han sustituido por un enlace.
}
receipt-why = Motivo
receipt-until = Caducidad
receipt-to = Para
receipt-password = Contraseña
receipt-password-sms = SMS al número que termina en { $digits }
number-from-directory = del directorio
number-from-earlier = de un correo anterior suyo
receipt-password-tell = por favor, comunique a { $recipient }: { $password }
receipt-password-none = no se necesita
receipt-password-other = { $way }
receipt-by-phone = Por teléfono o en persona, no por correo.
receipt-original = ha recibido los archivos originales
receipt-shared = comparte un enlace con otros
receipt-transfer = Envío { $id }
receipt-password-code = un código por correo, cuando la página lo pida
receipt-password-quick = no se necesita: se abre en un dispositivo que el destinatario ha configurado
receipt-password-known = la que usted ha elegido
password-agreed-with-them = la acordada con el destinatario
# Where the subject is not to be shown, or not known any more.
receipt-left-subject = { $count ->
    [0] Enviado con protección
    [one] Enviado con { $count } archivo como enlace
   *[other] Enviado con { $count } archivos como enlaces
}
receipt-left-intro = { $count ->
    [0] Su mensaje ha salido. Su texto se ha sustituido por un enlace.
    [one] Su mensaje ha salido. Su archivo ({ $size }) se ha sustituido por un enlace.
   *[other] Su mensaje ha salido. Sus { $count } archivos ({ $size }) se han sustituido por un enlace.
}
receipt-waits = aún no tiene el mensaje: se sigue intentando
receipt-unclear = puede que no tenga el mensaje: el siguiente servidor no lo ha confirmado
# $text is what a mail server said, with its code.
receipt-refused = no ha recibido el mensaje: { $text }
# A link follows on a line of its own.
receipt-page = Ver quién ha descargado qué, cambiar la fecha, retirarlo:
# REVOKE stays as it is in every language.
receipt-revoke = Para retirarlo ahora: responda a este correo con la palabra REVOKE.

### Avisos posteriores al remitente

downloaded-subject = Descargado: archivos para { $recipient }
downloaded-text = { $count ->
    [one] { $name } se ha descargado desde la página hecha para { $recipient } ({ $date }).
   *[other] { $name } y otros, { $count } archivos en total, se han descargado desde la página hecha para { $recipient } ({ $date }).
}
unread-subject = Aún sin descargar: archivos para { $recipient }
unread-text = Los archivos para { $recipient } caducan el { $date }. Nadie los ha descargado.
asked-subject = Falta la contraseña: archivos para { $recipient }
asked-password = Alguien con el enlace hecho para { $recipient } le pide la contraseña.
asked-locked = Alguien con el enlace hecho para { $recipient } le pide que desbloquee la página: está bloqueada tras demasiados intentos incorrectos.
# $time is a day and a time.
asked-when = { $count ->
    [one] Se pidió el { $time }.
   *[other] Se pidió el { $time }, { $count } veces en un día.
}
asked-hand-on = Si tiene la contraseña, désela en persona o por teléfono, no por correo.
asked-again = Si ya no la tiene, vuelva a enviar el mensaje: recibirá una nueva.
asked-lift = Los archivos están a salvo. Pregunte por teléfono si los intentos venían de allí y después desbloquee la página.
# A link follows on a line of its own.
asked-page = Lo que puede hacer está en su página:
asked-genuine = ¿Nadie lo ha pedido? Entonces no haga nada: no se ha abierto nada.
locked-subject = Bloqueado: archivos para { $recipient }
locked-text = { $tries } contraseñas incorrectas: la página para { $recipient } está bloqueada. Los archivos están a salvo; no afecta a otros destinatarios.
downloaded-day-subject = Descargas del { $date }
downloaded-day-text = Estos archivos se han descargado desde páginas hechas para sus destinatarios:
unread-do = Si aún hacen falta, recuérdeselo al destinatario o cambie la fecha en la página de abajo. Si no, no tiene que hacer nada.
locked-codes-text = { $tries } códigos incorrectos: la página para { $recipient } está bloqueada. Los archivos están a salvo; no afecta a otros destinatarios.
locked-do = En la página de abajo puede desbloquearla o retirar los archivos. Pregunte antes al destinatario si los intentos eran suyos.
locked-deleted-text = { $tries } contraseñas incorrectas: según las normas de { $organisation }, la página para { $recipient } se ha eliminado. Con estos intentos nadie ha abierto los archivos; no afecta a otros destinatarios.
locked-deleted-do = Esto no se puede deshacer. Si los archivos aún hacen falta, vuelva a enviar el mensaje.
# To an administrator.
locked-sender = Remitente del mensaje: { $sender }
locked-from = El último intento vino de { $address }
revoked-subject = Retirado: ya nadie puede abrirlo
revoked-text = Retirado: ya nadie puede abrir los archivos. Las copias que alguien haya descargado se quedan donde están.
revoked-text-one = Retirado para { $recipient }: esta página ya no se puede abrir. Las copias que alguien haya descargado se quedan donde están.
revoked-never = Antes nadie había descargado nada.
revoked-before = { $count ->
    [one] Desde la página hecha para { $recipient } ya se había descargado { $count } archivo, la última vez el { $date }.
   *[other] Desde la página hecha para { $recipient } ya se habían descargado { $count } archivos, la última vez el { $date }.
}
extended-subject = Disponible hasta el { $date }
extended-text = Los archivos están disponibles ahora hasta el { $date }.

### La página del remitente

sender-title = Su envío { $id }
# $date is a day and a time.
sender-summary = { $count ->
    [0] Enviado el { $date }.
    [one] { $count } archivo, { $size }. Enviado el { $date }.
   *[other] { $count } archivos, { $size }. Enviado el { $date }.
}
sender-files = { $count ->
    [one] { $count } archivo
   *[other] { $count } archivos
}
sender-people = Destinatarios
sender-mail = Correo
sender-mail-sent = enviado
sender-mail-held = en camino
sender-mail-lost = no entregado
sender-mail-waits = todavía no entregado
# Each is a time of day, or a day and a time.
sender-mail-tried = Intentos desde: { $since }; el próximo: { $next }; el último, a más tardar: { $until }.
# $text is a reply of a mail server.
sender-mail-answer = El servidor de correo responde: { $text }
# $time is a time of day, or a day and a time, here and below.
sender-mail-revoked = retirado: { $time }
sender-mail-deleted = eliminado por el destinatario: { $time }
sender-password-sms = SMS al número que termina en { $digits }
sender-password-you = la transmite usted
sender-password-code = código por correo al abrir el enlace
sender-downloads = Descargado
sender-fetched-never = aún no
sender-opened = abierto, aún sin descargas: { $time }
# $count of $of files.
sender-fetched = { $count } de { $of }, última vez: { $time }
sender-locked = Bloqueado tras demasiadas contraseñas incorrectas: { $time }
sender-paused = Pausa tras contraseñas incorrectas, hasta: { $time }
sender-lift = Desbloquear
sender-revoke-one = Retirar
sender-revoke-for = Retirar para { $recipient }
sender-until = Fin
sender-new-day = Disponible hasta el final del día
sender-latest = Como muy tarde, el { $date }
sender-change = Cambiar
sender-revoke-title = Retirar
sender-revoke-text = Desde este momento nadie podrá abrirlo. Esto no se puede deshacer. Lo que ya se descargó se queda con quien lo tenga.
sender-revoke-all = Retirar para todos
sender-history = Historial
sender-history-note = Una descarga significa: desde la página hecha para ese destinatario. Nadie puede saber quién lo ha leído.
sender-is-revoked = Se ha retirado. Ya nadie puede abrirlo.
sender-is-expired = Ha terminado. Ya nadie puede abrirlo.
sender-over-heading = Este envío ha terminado
sender-over-text = Sus archivos se han eliminado, y con ellos su historial.
sender-done-revoked = Retirado. Quien tenía ese enlace ya no puede abrir nada.
sender-done-extended = Se ha cambiado el fin.
sender-done-latest = Se ha cambiado el fin al último momento permitido.
sender-done-lifted = Desbloqueado. Se puede volver a probar la contraseña.
sender-done-nothing = No había nada que cambiar.
sender-no-day = Introduzca un día.
sender-past = Ese día ya ha pasado. Para terminarlo ahora, retire el envío.
prefs-heading = De qué se le informa
prefs-back = Su envío
# $address is the sender's.
prefs-text = Para todos los correos que envía { $address }, a partir de ahora.
prefs-receipts = Un justificante por cada correo con archivos protegidos
prefs-yes = sí
prefs-no = no
prefs-downloads = Cuando se descargan archivos
prefs-each = un correo cada vez, un poco después
prefs-daily = un correo al día
prefs-off = ningún correo
prefs-language = Idioma de estos correos
prefs-language-own = el de cada correo
prefs-always = En todo caso se le informa cuando una página se ha bloqueado, cuando va a caducar un envío que nadie ha descargado y cuando se ha retirado un envío.
prefs-save = Guardar
prefs-saved = Guardado. Si algo ha cambiado, también recibirá un correo que lo confirma.
prefs-fewer = Elija cuáles de estos correos recibe:
chosen-subject = Se ha cambiado de qué se le informa
chosen-text = En la página de uno de sus envíos se ha elegido qué correos recibe usted a partir de ahora:
chosen-other = Si no ha sido usted, otra persona tiene uno de sus enlaces. Vuelva a cambiarlo aquí y avise al servicio técnico:
takeback-heading = ¿Retirar para todos?
takeback-heading-one = ¿Retirar?
takeback-text = Desde este momento, ninguna de estas personas podrá abrirlo:
takeback-note = Esto no se puede deshacer. Lo que ya se descargó se queda con quien lo tenga.
takeback-yes = Retirar
takeback-no = Dejarlo como está
event-sent = Enviado
event-opened = Abierto
event-fetched = { $count ->
    [one] { $count } archivo descargado
   *[other] { $count } archivos descargados
}
event-fetched-names = Descargado: { $names }
event-locked = Bloqueado tras demasiadas contraseñas incorrectas
event-lifted = { $by ->
    [sender] Desbloqueado por usted
   *[other] Desbloqueado por el servicio técnico
}
event-asked = Se pidió la contraseña
event-answered = Se escribió una respuesta
event-revoked = { $by ->
    [sender] Retirado por usted
    [operator] Retirado por el servicio técnico
   *[other] Eliminado tras demasiadas contraseñas incorrectas
}
event-extended = { $by ->
    [sender] Usted cambió el fin: { $date }
   *[other] El servicio técnico cambió el fin: { $date }
}
event-link-sent = { $by ->
    [sender] Enlace nuevo enviado por usted
   *[other] Enlace nuevo enviado por el servicio técnico
}
event-password-sent = { $by ->
    [sender] Contraseña nueva creada por usted
   *[other] Contraseña nueva creada por el servicio técnico
}
event-password-shown = { $by ->
    [sender] Contraseña nueva creada por usted y mostrada a usted
   *[other] Contraseña nueva creada por el servicio técnico y mostrada a este
}
event-deleted = Eliminado por el destinatario
event-text-arrived = El SMS con la contraseña se ha entregado

### Respuestas a un justificante

# Words that senders write in the first line, in lower case, with commas between them. Those of every language are known at once.
command-revoke = retirar, revocar, anular
command-extend = prolongar, ampliar
command-who = quién, quien
command-numbers = números, numeros
command-forget = olvidar, olvide, olvida
command-unlock = desbloquear
command-help = ayuda
command-days = d, día, dia, días, dias
command-weeks = s, semana, semanas
told-subject-done = Hecho: envío { $id }
told-subject-not = No hecho: envío { $id }
told-subject-who = Quién ha descargado qué: envío { $id }
told-subject-help = Qué puede responder: envío { $id }
told-revoked = Retirado: ya nadie puede abrir el envío { $id }. Lo que ya se descargó se queda con quien lo tenga.
told-revoked-one = Retirado: { $recipient } ya no puede abrir el envío { $id }. Lo que ya se descargó se queda allí.
told-extended = Fin del envío { $id }: { $date }.
told-latest = Es el último momento permitido.
told-lifted = Desbloqueado: se puede volver a probar la contraseña.
told-no-recipient = No se ha cambiado nada: el envío { $id } no tiene ningún enlace para { $recipient }.
told-past = No se ha cambiado nada: ese día ya ha pasado. Para terminarlo ahora, responda con la palabra retirar.
told-over = No se ha cambiado nada: el envío { $id } ya había terminado o se había retirado.
told-not-locked = No se ha cambiado nada: no hay nada bloqueado.
told-unread = No se ha cambiado nada: no se ha podido entender su respuesta.
told-how = Escriba una de estas cosas en la primera línea de su respuesta a un justificante:
# In front of the colon stands one of the words above.
told-how-revoke = retirar: ya nadie puede abrirlo
told-how-revoke-one = retirar bo@partner.example: solo este destinatario ya no puede
told-how-extend = prolongar 7 días: termina 7 días más tarde (también: prolongar 2 semanas, prolongar 2025-12-24)
told-how-who = quién: quién ha abierto y descargado qué
told-how-unlock = desbloquear: se pueden volver a probar las contraseñas
told-how-numbers = números: los números de teléfono que indicó en correos anteriores
told-how-forget = olvidar bo@partner.example, u olvidar: ese número, o todos, ya no se usan
told-subject-numbers = Números de teléfono de sus correos
told-numbers-none = No se recuerda ningún número de teléfono suyo.
told-numbers = Estos números de teléfono, que indicó en correos anteriores, se usan cuando no indica ninguno:
told-number = { $recipient }: termina en { $digits }, usado por última vez { $date }
told-forgot = { $count ->
    [0] No se recordaba ningún número así.
    [one] Se ha olvidado un número de teléfono.
   *[other] Se han olvidado { $count } números de teléfono.
}
told-how-help = ayuda: esta lista
told-who-revoked = retirado
told-who-locked = bloqueado tras demasiadas contraseñas incorrectas
told-who-never = aún sin abrir
# $date is a day and a time.
told-who-opened = abierto el { $date }, descargados { $count } de { $of }

### Correos que esperan aprobación

# To an approver. $sender is an address.
hold-ask-subject = Espera su aprobación: un correo de { $sender }
hold-ask-text = Un correo de { $sender } espera hasta que alguien lo apruebe. Usted puede hacerlo. Aquí no se muestra lo que dice.
hold-ask-until = Si nadie decide hasta el { $date }, se descarta y se avisa a su remitente.
hold-ask-how = En la pasarela de correo decide una de estas órdenes:
# A link follows on a line of its own.
hold-ask-page = Decida en esta página:
hold-withdraw-page = Mientras nadie haya decidido, puede retirarlo aquí:
# One line per recipient.
hold-to = Para: { $recipient }
hold-sent = Enviado: { $date }
hold-size = { $count ->
    [0] Tamaño: { $size }, sin archivos
    [one] Tamaño: { $size }, { $count } archivo
   *[other] Tamaño: { $size }, { $count } archivos
}
# $rule is the id of a rule, $text its reason.
hold-why = Motivo: { $text } ({ $rule })
hold-mail = Correo { $id }
# Stands behind "por".
hold-operator = el servicio técnico
# To the sender.
hold-waits-subject = Su correo espera aprobación
hold-waits-text = Su correo aún no ha salido: tiene que ser aprobado por { $approvers }. No tiene que hacer nada.
hold-waits-until = Si nadie decide hasta el { $date }, se descarta y recibirá un aviso.
hold-released-subject = Su correo ha sido aprobado
hold-released-text = Su correo ha sido aprobado por { $who } y está en camino.
hold-dropped-subject = Su correo no ha sido aprobado
hold-dropped-text = Su correo ha sido descartado por { $who }. No ha salido ni saldrá.
hold-dropped-because = El motivo indicado: { $text }
hold-over-subject = Su correo no se aprobó a tiempo
hold-over-text = Nadie decidió a tiempo sobre su correo. Se descartó y no ha salido. Pida la aprobación y vuelva a enviarlo.
hold-missed-subject = Sin decisión a tiempo: un correo de su organización
hold-missed-text = Nadie decidió a tiempo sobre el correo de { $sender }. Se descartó y se avisó a su remitente.
hold-failed-subject = Su correo no se pudo entregar a todos
hold-failed-text = Su correo fue aprobado, pero no llegó a:

# Un remitente dice cómo reciben su contraseña aquellos a quienes no llega ningún medio.
unreached-subject = Su correo espera: ¿cómo recibirán la contraseña?
unreached-heading = ¿Cómo recibirán la contraseña?
unreached-text = Su correo aún no ha salido: no hay ningún medio para hacer llegar la contraseña a estos destinatarios.
unreached-how-phone = Indique sus números de móvil, o elija otro medio, en esta página:
unreached-how = Elija en esta página cómo la recibirán:
unreached-until = Sin respuesta antes del { $date }, el correo se descarta y se le avisa.
unreached-way-number = Por SMS
unreached-number = Número de móvil, por ejemplo +46 70 123 45 67
unreached-way-sender = La recibo por correo y se la doy yo
unreached-way-link = Sin contraseña: quien lea el correo puede abrir los archivos
unreached-send = Enviar
unreached-keep = Guardar
unreached-approval = Además, alguien tiene que aprobar el correo. Lo que falte entonces le llegará a usted.
unreached-withdraw = O nadie lo recibe:
unreached-mend = Falta algo. No se ha enviado nada.
unreached-choose = Elija un medio.
unreached-no-country = Escriba el número con su país, por ejemplo +46 70 123 45 67.
unreached-no-number = Esto no es un número de teléfono: compruebe las cifras.
unreached-wrong-kind = No se puede enviar ningún SMS a este número.
unreached-over-subject = Su correo no se ha enviado
unreached-over-text = Nadie dijo a tiempo cómo reciben los destinatarios su contraseña. El correo se descartó y no ha salido. Envíelo de nuevo, con un número de teléfono como { $tag } en el asunto.

### Informes de entrega, al remitente

report-failed-subject = Su correo no ha llegado a todos
report-failed-text = Su correo no ha llegado a estos destinatarios y no se volverá a intentar:
report-failed-advice = Por lo demás, su correo está bien: se trata solo de los destinatarios de arriba. Compruebe sus direcciones y vuelva a enviárselo. Si las direcciones son correctas, muestre este mensaje a su servicio informático.
report-unclear-subject = Puede que su correo no haya llegado a todos
report-unclear-text = No se sabe si su correo ha llegado a estos destinatarios. La conexión se perdió cada vez, antes de que el siguiente servidor lo confirmara:
report-unclear-advice = Pregúnteles antes de volver a enviarlo.
report-delayed-subject = Su correo se retrasa
report-delayed-text = Su correo aún no ha llegado a estos destinatarios. Se sigue intentando y no tiene que hacer nada:
report-delayed-until = Si no se consigue hasta el { $date }, recibirá un aviso.
report-relayed-subject = Su correo se ha pasado al siguiente servidor
report-relayed-text = Su correo para estos destinatarios se ha pasado al siguiente servidor, que no informa de qué ocurre con él:
# $text is what the next mail server said, with its code.
report-said = El siguiente servidor respondió: { $text }
# $text is what our own server noted, with its code, in English.
report-we = Nuestro servidor anotó: { $text }

### Páginas: responder

files-reply = Responder
write-heading = Respuesta a { $name }
write-back = Volver a los archivos
write-others = Enviar también a
write-text = Su texto
write-files = Archivos
write-files-hint = Hasta { $size } en total. En el teléfono también puede hacer una foto.
write-here = Ya están aquí
write-cut = Estos archivos no han llegado enteros. Vuelva a elegirlos:
write-send = Enviar
write-wait = El texto y los archivos se envían juntos. Con archivos grandes tarda un poco: deje abierta esta página hasta que aparezca la siguiente.
write-empty = Escriba un texto o elija un archivo.
write-too-large = Es demasiado. Los archivos pueden ocupar { $size } en total.
write-too-many-files = Son demasiados archivos. Póngalos en un archivo ZIP o envíelos en dos respuestas.
write-too-many = Hoy ya ha enviado varias respuestas. Vuelva a intentarlo mañana.
write-unfinished = Un archivo no ha llegado entero. Vuelva a elegirlo.
write-no-room = En este momento no hay sitio para estos archivos. Vuelva a intentarlo más tarde.
write-nobody = Elija a quién enviarlo.
write-gone = Esta respuesta ya se envió o ha caducado. Empiece una nueva.
write-waiting = Estos archivos están en camino. Podrá enviar cuando hayan llegado todos.
write-done = Ha llegado
write-lost = Conexión perdida, continúa sola
write-failed = No aceptado
write-retry = Reintentar
write-remove = Quitar
written-heading = Enviado a { $name }
written-to = Para
written-time = Hora
written-number = Referencia
written-copy = ¿Quiere recibir este justificante por correo en { $address }?
written-copy-send = Enviarme el justificante
written-copied = El justificante se envía a { $address }.

### People who were sent nothing, and write to us

send-heading = Enviar archivos a { $name }
send-why = Escribe a personas de { $organisation }, con archivos de cualquier tamaño. Primero se comprueba su dirección: se envía allí un mensaje con un código.
send-address = Su dirección de correo
send-name = Su nombre (opcional)
send-address-wrong = Escriba su dirección de correo completa, por ejemplo nombre@example.com.
send-subject = Asunto
send-code-heading = Introducir el código
send-code-hint = Si { $address } puede escribirnos, un mensaje con un código de ocho cifras va de camino. Introdúzcalo aquí, en este navegador, antes de las { $time }.
send-code-wrong = El código no coincide. Intentos restantes: { $tries }.
send-code-missing = Puede tardar unos minutos en llegar; mire también en el correo no deseado. A una misma dirección solo se envían unos pocos códigos por hora.
send-other-address = Usar otra dirección o pedirlo de nuevo
send-continue = Continuar
send-you = Escribe como { $address }.
send-not-me = No soy yo: olvidar este navegador
send-to-hint = Direcciones de { $organisation }, separadas por comas.
send-book = Personas a las que ha escrito
send-book-text = Estas direcciones se le proponen en cada navegador en el que se ha comprobado su dirección. La lista se borra si no la ha usado durante 30 días.
send-book-empty = Vaciar esta lista
send-nobody = Indique a quién va dirigido.
send-too-many = Como máximo { $most } direcciones a la vez.
send-not-ours = Desde aquí no puede escribir a { $address }, solo a direcciones de { $organisation }.
send-unknown = El correo para { $address } no se puede entregar. Compruebe cómo está escrita.
send-limit = Por hoy es suficiente. Inténtelo de nuevo mañana.
send-too-many-files = Son demasiados archivos. Póngalos en un archivo ZIP o envíelos en dos veces.
send-gone = Esto se ha enviado o ha terminado. Empiece de nuevo.
send-more = Enviar algo más
guest-mail-text = Su código para enviar archivos a { $organisation }:
guest-mail-asked = Se pidió: { $time }, desde la dirección de red { $address }.
guest-mail-genuine = ¿No ha sido usted? Entonces no haga nada: sin el código nadie puede escribir en su nombre. No se lo dé a nadie; { $organisation } nunca lo pide por teléfono ni por correo.

### El correo que trae una respuesta

written-from = { $name } vía { $organisation }
written-by-reply = Escrito en { $host }, { $date }, por la persona que abrió los archivos enviados a { $address }.
written-by-address = Escrito en { $host }, { $date }, por alguien que lee el buzón { $address }: un código enviado allí se introdujo: { $proven }.
written-reference = Referencia { $id }
written-unwanted = ¿No deseado? Su servicio de informática puede excluir esta dirección: indíquele la referencia.
written-report = ¿Hay algún problema con este mensaje? Denúncielo: { $link }
written-no-subject = Archivos de { $name }
written-copy-subject = Su mensaje a { $organisation }
written-copy-text = Su mensaje se ha enviado a { $organisation }.
written-unscanned = No analizado en busca de software malicioso, por ser demasiado grande: { $name }

checked-heading = En revisión
checked-text = Se está comprobando que su mensaje no contenga software malicioso. Se entregará después; no hace falta que espere aquí. Si no se puede entregar, recibirá un correo.
checked-again = Mirar de nuevo
denied-heading = No entregado
denied-infected = «{ $file }» no se ha entregado: el análisis de { $organisation } considera que es software malicioso. El resto de su mensaje tampoco se ha entregado.
denied-infected-text = Su mensaje no se ha entregado: el análisis de { $organisation } considera que su texto es software malicioso.
denied-too-large = «{ $file }» no se ha entregado: es más grande de lo que { $organisation } puede analizar en busca de software malicioso. El resto de su mensaje tampoco se ha entregado.
denied-unchecked = Su mensaje no se ha entregado: no se pudo analizar a tiempo en busca de software malicioso.
denied-do = Si cree que se trata de un error, póngase en contacto con { $organisation } por otro medio.
denied-subject = Su mensaje a { $organisation } no se ha entregado
denied-admin-subject = Se ha rechazado software malicioso
denied-admin-text = { $address } ha escrito en nuestras páginas, y el análisis considera que es software malicioso. No se ha entregado nada, y no se ha avisado a sus destinatarios.
denied-admin-found = El análisis lo llama { $found }.

### A new link and password

asked-renew = Si ya no la tiene, puede hacer que se creen un enlace y una contraseña nuevos.
asked-renew-locked = También puede hacer que se creen un enlace y una contraseña nuevos: los anteriores dejan entonces de abrir nada.
locked-renew = Allí también puede hacer que se creen un enlace y una contraseña nuevos para este destinatario.
receipt-recovery-all = Si se pierde un enlace o una contraseña, puede hacer que se creen otros nuevos en esa página.
receipt-recovery-some = Si se pierde un enlace o una contraseña: para algunos destinatarios puede hacer que se creen otros nuevos en esa página; para los demás, vuelva a enviar el mensaje.
receipt-recovery-none = Si se pierde un enlace o una contraseña, nadie puede sustituirlos: vuelva a enviar el mensaje.
sender-lost = Si se pierde
sender-recovery-gateway = Se pueden crear un enlace y una contraseña nuevos.
sender-recovery-none = El enlace y la contraseña no se pueden sustituir: vuelva a enviar el mensaje.
sender-renew = Enlace y contraseña nuevos
sender-renew-link = Enlace nuevo
sender-done-renewed = Un enlace nuevo está en camino por correo. El anterior ya no abre nada.
sender-done-often = No se ha cambiado nada: se pueden crear enlaces nuevos 5 veces al día y 20 veces en total.
sender-done-before = Esto ya se hizo hace un momento. El historial de abajo dice cuándo.
sender-done-shown = La contraseña nueva se creó y se mostró hace un momento, y nadie puede mostrarla otra vez. Si no la ha visto, cree de nuevo un enlace y una contraseña.
sender-done-held = No se ha cambiado nada: el mensaje aún no ha salido, o nadie sabe si ha salido.
sender-done-no-way = No se ha cambiado nada: la contraseña nueva no tiene forma de llegar al destinatario.
sender-done-lost = No se ha cambiado nada: el enlace y la contraseña no se pueden sustituir.
renew-heading = ¿Crear un enlace y una contraseña nuevos?
renew-heading-link = ¿Crear un enlace nuevo?
renew-for = Esto es para:
renew-text = El enlace nuevo sale enseguida por correo. El enlace enviado antes deja de abrir nada desde este momento, y los navegadores que lo conocían se olvidan. Un enlace no puede volver a enviarse tal como era: solo lo tiene su destinatario.
renew-password = La contraseña anterior también deja de valer.
renew-chosen = La que se eligió a mano se sustituye por una creada aquí.
renew-how = La contraseña nueva
renew-same = va por la misma vía que la primera
renew-show = se me muestra
renew-show-hint = Una sola vez, y usted la comunica por teléfono o en persona.
renew-yes = Crear
shown-heading = La contraseña nueva
shown-link = Un enlace nuevo está en camino por correo. El anterior ya no abre nada.
shown-for = La contraseña que le corresponde, para:
shown-once = Se muestra solo esta vez y no se guarda en ningún sitio. Si se pierde, haga que se cree otra.
shown-by-phone = Comuníquela por teléfono o en persona, no por correo.
shown-back = Volver a su envío
renewed-subject = Enlace nuevo a los archivos de { $sender }
renewed-subject-message = Enlace nuevo al mensaje de { $sender }
renewed-text = Aquí tiene un enlace nuevo. El que tenía antes y su contraseña ya no abren nada.
renewed-text-link = Aquí tiene un enlace nuevo. El que tenía antes ya no abre nada.
renewed-failed-subject = Enlace nuevo no entregado
renewed-failed-text = El correo con el enlace nuevo no se pudo entregar y no se envió ninguna contraseña:
command-resend = reenviar, enlace nuevo, contraseña nueva
told-renewed = Un enlace nuevo del envío { $id } está en camino por correo. El anterior ya no abre nada.
told-lost = No se ha cambiado nada: el enlace y la contraseña no se pueden sustituir. Vuelva a enviar el mensaje.
told-too-often = No se ha cambiado nada: se pueden crear enlaces nuevos 5 veces al día y 20 veces en total.
told-which-one = No se ha cambiado nada: hay varios destinatarios. Escriba para quién: reenviar bo@partner.example
told-not-left = No se ha cambiado nada: el mensaje aún no ha salido, o nadie sabe si ha salido.
told-no-way = No se ha cambiado nada: la contraseña nueva no tiene forma de llegar al destinatario.
told-how-resend = reenviar bo@partner.example: un enlace y una contraseña nuevos, si se pueden sustituir

### Dispositivos sin contraseña

unlock-device-here = Este dispositivo está configurado. Aquí no necesita contraseña.
unlock-device = Sin contraseña se abre en un dispositivo que usted haya configurado para los correos de { $sender }. Este navegador no es uno de ellos, o se han eliminado sus cookies, o estas páginas tienen otra dirección.
unlock-device-hint = Puede crear un código en un dispositivo configurado: abra allí uno de estos enlaces, elija «Dispositivos sin contraseña» y después «Crear un código».
unlock-device-none = ¿Ya no tiene ningún dispositivo así?
unlock-device-none-text = { $sender } puede terminar esto y enviarlo de nuevo con una contraseña. El servicio técnico del remitente también puede darle un código.
files-quick = ¿Sin contraseña la próxima vez?
files-quick-text = Configure este navegador, y los próximos correos de este remitente se abrirán en él sin contraseña.
devices-heading = Dispositivos sin contraseña
devices-back = Volver
devices-offer = Si configura este navegador, los correos de { $sender } se abren en él sin contraseña, también los anteriores que se le enviaron así.
devices-rules = Termina cuando el dispositivo no se usa durante { $time }, cuando se eliminan las cookies y, en una ventana privada, cuando se cierra. No configure un ordenador que también usen otras personas.
devices-idle = { $days ->
    [one] un día
   *[other] { $days } días
}
devices-set-up = Configurar este navegador
devices-prove = Para saber con seguridad quién lo configura, se envía un código a { $recipient }.
devices-elsewhere = Este navegador no se puede configurar desde aquí. Cree un código en un dispositivo configurado e introdúzcalo donde lo pida el próximo correo de { $sender }.
devices-here = Los correos de { $sender } se abren en este navegador sin contraseña.
devices-done = Este navegador está configurado.
devices-too-many = Este buzón tiene tantos dispositivos como puede tener. En uno de ellos elija «Dispositivos sin contraseña», elimine uno que no necesite e inténtelo de nuevo. Si no tiene ninguno a mano, el servicio de ayuda del remitente puede eliminarlos todos.
devices-no-cookie = Este navegador no tenía la cookie necesaria. Introduzca el código una vez más. Si vuelve a leer esto, permita las cookies en estas páginas.
devices-over = No se ha cambiado nada: aquí no es posible, o ya no lo es.
devices-list = Sus dispositivos
devices-name = Dispositivo { $number }
devices-this = este
devices-times = configurado el { $since }, usado por última vez el { $used }
devices-remove = Eliminar
devices-remove-one = Eliminar el dispositivo { $number }
devices-removed = El dispositivo se ha eliminado. Ya no abre nada sin contraseña.
devices-another = Otro dispositivo
devices-another-text = Con un código, otro dispositivo suyo, o de alguien que comparta el buzón, puede abrir todo esto sin contraseña.
devices-another-button = Crear un código
devices-code = Código para otro dispositivo
devices-code-how = En el otro dispositivo, abra un enlace de un correo de { $sender } e introduzca el código. Vale hasta las { $time }, una sola vez, y solo se muestra aquí.
devices-end = Contraseñas de nuevo
devices-end-text = Después { $sender } le envía de nuevo una contraseña, y lo que se envió sin ella ya no se abre en ninguna parte.
devices-end-button = Pedir contraseñas de nuevo
devices-ended = A partir de ahora recibe contraseñas de nuevo.
devices-ready-heading = Este navegador está configurado
devices-ready-text = El próximo correo de este remitente se abre en él sin contraseña. Lo que se envió antes sigue cerrado aquí; el remitente puede enviarlo de nuevo.
passkey-set-up = Usar en su lugar una clave de acceso (passkey)
passkey-open = Abrir con su clave de acceso (passkey)
passkey-failed = No ha funcionado. No se ha abierto ni configurado nada. Inténtelo de nuevo o continúe sin clave de acceso: no todas sirven para esto.
passkey-done = Su clave de acceso está configurada. Los correos de este remitente se abren con ella en cualquier navegador que la tenga.
passkey-mark = clave de acceso (passkey)
passkey-here = Los correos de { $sender } se abren con su clave de acceso, sin contraseña.
sender-quick-end = Contraseñas de nuevo
sender-quick-end-for = Contraseñas de nuevo para { $recipient }
sender-done-parted = A partir de su próximo correo este destinatario recibe de nuevo una contraseña. Lo que solo se abría en un dispositivo ya no se abre allí.
quick-mail-added-subject = Un dispositivo abre correos sin contraseña
quick-mail-added-text = El dispositivo { $number } acaba de configurarse. Abre sin contraseña lo que { $sender } envía a { $recipient }.
quick-mail-added-more = ¿No ha sido usted? Abra un enlace de este remitente en otro de sus dispositivos y elimínelo en «Dispositivos sin contraseña», o pida al remitente que envíe contraseñas de nuevo.
quick-mail-code-subject = Se ha dado un código para un dispositivo
quick-mail-code-text = El servicio técnico ha creado un código. Quien lo introduzca en el plazo de un día abre sin contraseña lo que { $sender } envía a { $recipient }.
quick-mail-code-more = ¿Nadie lo ha pedido? Avise enseguida al servicio técnico.
quick-mail-ended-subject = Contraseñas de nuevo
quick-mail-ended-text = Lo que { $sender } envía a { $recipient } necesita de nuevo una contraseña a partir del próximo correo.
quick-mail-ended-more = Lo que se envió sin contraseña ya no se abre. El remitente puede enviarlo de nuevo.
report-heading = Denunciar este mensaje
report-text = Quienes gestionan este servicio sabrán quién lo escribió, cuándo y a quién, y su referencia, pero no lo que dice.
report-because = Cuál es el problema (opcional)
report-button = Denunciar
reported-heading = Este mensaje se ha denunciado
reported-text = Quienes gestionan este servicio lo saben desde: { $date }.
reported-subject = Se ha denunciado un mensaje de fuera
reported-mail-text = Una persona que recibió un mensaje escrito en nuestras páginas lo denuncia. Lo que dice no está en este correo.
reported-because = Cuál es el problema: { $text }
paused-subject = Se han detenido los SMS: ¿se abusa de una cuenta?
paused-numbers = En una hora se querían enviar SMS a más números que empiezan por { $prefix } de los que permite su límite. Por «{ $channel }» no sale ninguno más.
paused-money = En un día, los SMS de «{ $channel }» han costado lo que pueden costar. No sale ninguno más.
paused-until = Esto dura al menos hasta el { $date }. Las contraseñas toman la vía siguiente, en último lugar hacia los remitentes.
paused-first = El primero que no salió era para un correo de { $sender }.
paused-look = Si nadie conoce el motivo, quizá se abusa de la cuenta de alguien para ganar dinero con llamadas. Las líneas «noticed» del registro indican los correos.
